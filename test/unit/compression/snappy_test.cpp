// SPDX-License-Identifier: BSL-1.0
// The framings of snappy that are out there.
#include "packed.hpp"

#include "base/big_endian.hpp"

using namespace kasio;
using namespace kasio_test;

namespace {

const std::string magic = from_hex("82534e4150505900 00000001 00000001");

/// A bare block that holds `text` as one literal (at most 60 bytes).
std::string block_of(std::string_view text) {
    const auto size = static_cast<char>(text.size());
    return std::string{size} + static_cast<char>((text.size() - 1) << 2) + std::string{text};
}
std::string framed(std::string_view block) {
    std::string length(4, '\0');
    store_big(reinterpret_cast<std::byte*>(length.data()), static_cast<std::int32_t>(block.size()));
    return length + std::string{block};
}

unpacked read(std::string_view packed, std::size_t most = 1000) {
    return unpack(compression::snappy, packed, most);
}

} // namespace

TEST_CASE("snappy is read bare, in frames, and in streams that were joined") {
    if (!is_available(compression::snappy)) return;
    CHECK(read(block_of("bare")).bytes == "bare");
    CHECK(read(magic + framed(block_of("one"))).bytes == "one");
    CHECK(read(magic + framed(block_of("one,")) + framed(block_of("two"))).bytes == "one,two");
    CHECK(read(magic + framed(block_of("one,")) + magic + framed(block_of("two"))).bytes == "one,two");
    CHECK(read(magic + magic + framed(block_of("two"))).bytes == "two");
    CHECK(read(magic).error == error_code{});
    // Versions are for the reader to pass over, as snappy-java does with newer ones.
    CHECK(read(from_hex("82534e4150505900 00000002 00000001") + framed(block_of("v2"))).bytes == "v2");
}

TEST_CASE("snappy is written in the frames that Java reads") {
    if (!is_available(compression::snappy)) return;
    const auto packed = pack(compression::snappy, random_bytes(40'000));
    CHECK(packed.starts_with(magic));
    const auto first = load_big<std::int32_t>(packed.data() + 16);
    CHECK(first > 32 * 1024);
    CHECK(first < 33 * 1024);
    const auto second = load_big<std::int32_t>(packed.data() + 20 + first);
    CHECK(static_cast<std::size_t>(24 + first + second) == packed.size());
}

TEST_CASE("snappy frames whose lengths cannot be are corrupt", "[F3]") {
    if (!is_available(compression::snappy)) return;
    const auto good = magic + framed(block_of("one"));
    for (const char* digits : {"00", "000000", "ffffffff", "80000000", "7fffffff", "00000001", "00000000"}) {
        INFO(digits);
        CHECK(read(good + from_hex(digits)).error == errc::corrupt_batch);
    }
    // The bound counts all blocks together.
    CHECK(read(good + framed(block_of("two")), 6).bytes == "onetwo");
    CHECK(read(good + framed(block_of("two")), 5).error == errc::batch_too_large);
}

TEST_CASE("a snappy block is not believed a size that it cannot reach", "[F3]") {
    if (!is_available(compression::snappy)) return;
    // Four gigabytes less one, then ten bytes.
    const auto claim = from_hex("ffffffff0f") + std::string(10, 'x');
    const auto got = read(claim, std::size_t{1} << 40);
    CHECK(got.error == errc::corrupt_batch);
    CHECK(got.capacity == 0);
    CHECK(read(claim).error == errc::batch_too_large);
    const auto framed_claim = read(magic + framed(claim), std::size_t{1} << 40);
    CHECK(framed_claim.error == errc::corrupt_batch);
    CHECK(framed_claim.capacity == 0);
}
