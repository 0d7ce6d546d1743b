// SPDX-License-Identifier: BSL-1.0
#include <kasio/uuid.hpp>

#include "support/catch.hpp"

#include <sstream>
#include <unordered_set>

using namespace kasio;

TEST_CASE("a uuid prints as 22 characters and reads back") {
    uuid id;
    for (std::size_t i = 0; i < id.bytes.size(); ++i) id.bytes[i] = static_cast<std::uint8_t>(0xf0 + i);
    const std::string text = id.to_string();
    CHECK(text == "8PHy8_T19vf4-fr7_P3-_w");
    CHECK(uuid::parse(text) == id);
    std::ostringstream out;
    out << id;
    CHECK(out.str() == text);
}

TEST_CASE("a zero uuid means none") {
    CHECK(uuid{}.is_zero());
    CHECK(uuid{}.to_string() == "AAAAAAAAAAAAAAAAAAAAAA");
    CHECK(uuid::parse("AAAAAAAAAAAAAAAAAAAAAA")->is_zero());
    uuid one;
    one.bytes[15] = 1;
    CHECK_FALSE(one.is_zero());
    CHECK(uuid{} < one);
    CHECK(std::unordered_set<uuid>{uuid{}, one, one}.size() == 2);
}

TEST_CASE("text that is no uuid is refused") {
    for (const char* text : {"", "AAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAA+",
                             "AAAAAAAAAAAAAAAAAAAAAB", "00000000-0000-0000-0000-000000000000"}) {
        INFO(text);
        CHECK_FALSE(uuid::parse(text));
    }
}
