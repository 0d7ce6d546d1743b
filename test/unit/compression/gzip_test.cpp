// SPDX-License-Identifier: BSL-1.0
// The forms of gzip that are out there.
#include "packed.hpp"

using namespace kasio;
using namespace kasio_test;

namespace {

constexpr std::size_t most = 1 << 22;

} // namespace

TEST_CASE("gzip: members that follow each other are read as one, and what else follows is overlooked") {
    const auto one = pack(compression::gzip, "one ");
    const auto two = pack(compression::gzip, "two");
    CHECK(unpack(compression::gzip, one + two, most).bytes == "one two");
    CHECK(unpack(compression::gzip, one + two + one, most).bytes == "one twoone ");
    CHECK(unpack(compression::gzip, one + std::string(100, '\0'), most).bytes == "one ");
    CHECK(unpack(compression::gzip, one + "rest", most).bytes == "one ");
    // A member that starts has to end.
    auto damaged = two;
    damaged[damaged.size() - 6] = static_cast<char>(damaged[damaged.size() - 6] ^ 1); // its check sum
    CHECK(unpack(compression::gzip, one + damaged, most).error == errc::corrupt_batch);
    CHECK(unpack(compression::gzip, damaged, most).error == errc::corrupt_batch);
}

TEST_CASE("gzip: a size in the trailer that is too small is corrupt, whatever was allocated for it") {
    auto packed = pack(compression::gzip, text_like(50'000));
    packed.replace(packed.size() - 4, 4, from_hex("01000000"));
    CHECK(unpack(compression::gzip, packed, most).error == errc::corrupt_batch);
}

TEST_CASE("gzip: a header with a name, a comment and extra bytes is read") {
    const auto plain = pack(compression::gzip, "text");
    const auto header = from_hex("1f8b 08 1c 00000000 00 03 0200 6162") + std::string("name\0comment\0", 13);
    CHECK(unpack(compression::gzip, header + plain.substr(10), most).bytes == "text");
}
