// SPDX-License-Identifier: BSL-1.0
#include "base/cursor.hpp"

#include "support/catch.hpp"

#include <array>

using namespace kasio;

TEST_CASE("a cursor reads big-endian integers, varints and slices in turn") {
    const std::array<std::byte, 13> bytes{std::byte{0x01}, std::byte{0x02}, std::byte{0xff}, std::byte{0xff},
                                          std::byte{0xff}, std::byte{0xfe}, std::byte{0x96}, std::byte{0x01},
                                          std::byte{0x03}, std::byte{0x04}, std::byte{'a'},  std::byte{'b'},
                                          std::byte{'c'}};
    cursor in{bytes};
    CHECK(in.read<std::int16_t>() == 0x0102);
    CHECK(in.read<std::int32_t>() == -2);
    CHECK(in.read_uvarint() == 150);
    CHECK(in.read_varint() == -2);
    CHECK(in.read_varlong() == 2);
    CHECK(in.take(2).size() == 2);
    CHECK(in.remaining() == 1);
    CHECK(in.ok());
}

TEST_CASE("a failed read of a cursor sticks and leaves nothing to read") {
    const std::array<std::byte, 3> bytes{};
    cursor in{bytes};
    CHECK(in.read<std::int32_t>() == 0);
    CHECK_FALSE(in.ok());
    CHECK(in.remaining() == 0);
    CHECK(in.read<std::int8_t>() == 0);
    CHECK(in.take(0).empty());
    CHECK_FALSE(in.ok());
}

TEST_CASE("a slice longer than what remains is refused") {
    const std::array<std::byte, 3> bytes{};
    cursor in{bytes};
    CHECK(in.take(SIZE_MAX).empty());
    CHECK_FALSE(in.ok());
}
