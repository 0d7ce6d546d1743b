// SPDX-License-Identifier: BSL-1.0
#include "base/varint.hpp"

#include "support/catch.hpp"

#include <array>
#include <limits>
#include <vector>

using namespace kasio;

namespace {

template <class Value>
std::vector<Value> interesting_values() {
    std::vector<Value> values{0, std::numeric_limits<Value>::min(), std::numeric_limits<Value>::max()};
    for (unsigned bit = 0; bit + 1 < sizeof(Value) * 8; ++bit) {
        const Value power = Value{1} << bit;
        values.insert(values.end(), {power, static_cast<Value>(power - 1), static_cast<Value>(0 - power),
                                     static_cast<Value>(0 - power - 1)});
    }
    return values;
}

} // namespace

TEST_CASE("zig-zag varints take their stated size and read back") {
    std::array<std::byte, max_varlong_size> bytes{};
    for (const std::int32_t value : interesting_values<std::int32_t>()) {
        std::byte* const end = write_varint(bytes.data(), value);
        REQUIRE(static_cast<std::size_t>(end - bytes.data()) == varint_size(value));
        std::int32_t back = 0;
        REQUIRE(read_varint(bytes.data(), end, back) == end);
        REQUIRE(back == value);
        for (const std::byte* cut = bytes.data(); cut != end; ++cut) {
            REQUIRE(read_varint(bytes.data(), cut, back) == nullptr);
        }
    }
    for (const std::int64_t value : interesting_values<std::int64_t>()) {
        std::byte* const end = write_varlong(bytes.data(), value);
        REQUIRE(static_cast<std::size_t>(end - bytes.data()) == varlong_size(value));
        std::int64_t back = 0;
        REQUIRE(read_varlong(bytes.data(), end, back) == end);
        REQUIRE(back == value);
    }
}

TEST_CASE("varints have the bytes of Kafka's records") {
    std::array<std::byte, max_varlong_size> bytes{};
    CHECK(write_varint(bytes.data(), -1) == bytes.data() + 1);
    CHECK(bytes[0] == std::byte{1});
    CHECK(write_varint(bytes.data(), 64) == bytes.data() + 2);
    CHECK(bytes[0] == std::byte{0x80});
    CHECK(bytes[1] == std::byte{1});
    CHECK(write_uvarint(bytes.data(), 300) == bytes.data() + 2);
    CHECK(bytes[0] == std::byte{0xac});
    CHECK(bytes[1] == std::byte{2});
}

TEST_CASE("varints with more bits than their type, or without an end, are refused") {
    std::array<std::byte, 11> bytes;
    bytes.fill(std::byte{0xff});
    std::uint32_t narrow = 0;
    std::uint64_t wide = 0;
    CHECK(read_uvarint(bytes.data(), bytes.data() + bytes.size(), narrow) == nullptr);
    CHECK(read_uvarint(bytes.data(), bytes.data() + bytes.size(), wide) == nullptr);
    bytes[4] = std::byte{0x10};
    CHECK(read_uvarint(bytes.data(), bytes.data() + bytes.size(), narrow) == nullptr);
    bytes[4] = std::byte{0x0f};
    CHECK(read_uvarint(bytes.data(), bytes.data() + bytes.size(), narrow) == bytes.data() + 5);
    CHECK(narrow == 0xffffffff);
    bytes[4] = std::byte{0xff};
    bytes[9] = std::byte{2};
    CHECK(read_uvarint(bytes.data(), bytes.data() + bytes.size(), wide) == nullptr);
    bytes[9] = std::byte{1};
    CHECK(read_uvarint(bytes.data(), bytes.data() + bytes.size(), wide) == bytes.data() + 10);
    CHECK(wide == std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("longer forms than needed are read") {
    const std::array<std::byte, 3> bytes{std::byte{0x85}, std::byte{0x80}, std::byte{0}};
    std::uint32_t value = 0;
    CHECK(read_uvarint(bytes.data(), bytes.data() + bytes.size(), value) == bytes.data() + 3);
    CHECK(value == 5);
}
