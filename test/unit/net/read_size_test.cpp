// SPDX-License-Identifier: BSL-1.0
#include "net/read_size.hpp"

#include "support/catch.hpp"

using namespace kasio;

namespace {
constexpr std::size_t limit = 100 * 1024 * 1024 + 4;
}

TEST_CASE("a read with nothing known asks for the usual size") {
    CHECK(next_read_size(0, 0, 0, limit) == usual_read_bytes);
    CHECK(next_read_size(3, limit, 0, limit) == usual_read_bytes);
    CHECK(next_read_size(100, 0, 500, limit) == usual_read_bytes);
}

TEST_CASE("no read goes above the stated maximum of the buffer", "[C8]") {
    CHECK(next_read_size(0, 0, 0, 104) == 104);
    CHECK(next_read_size(60, 0, 44, 104) == 44);
    CHECK(next_read_size(limit - 10, 0, 10, limit) == 10);
}

TEST_CASE("the buffer at most doubles with each read of a large frame", "[C8]") {
    const std::size_t frame = 100 * 1024 * 1024;
    std::size_t have = 10;
    int reads = 0;
    while (have < frame) {
        const auto size = next_read_size(have, have, frame - have, limit);
        CHECK(size <= std::max(have, usual_read_bytes));
        CHECK(size <= largest_read_bytes);
        have += size;
        ++reads;
    }
    CHECK(have == frame);
    CHECK(reads < 120);
}

TEST_CASE("memory that is there already is used at once") {
    CHECK(next_read_size(usual_read_bytes, 1024 * 1024, 900 * 1024, limit) == 900 * 1024);
    CHECK(next_read_size(usual_read_bytes, 512 * 1024, 900 * 1024, limit) == 448 * 1024);
}

TEST_CASE("the end of a large frame is read without what follows it") {
    CHECK(next_read_size(1024 * 1024, 2 * 1024 * 1024, 10, limit) == 10);
}
