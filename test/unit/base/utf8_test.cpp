// SPDX-License-Identifier: BSL-1.0
#include "base/utf8.hpp"

#include "support/catch.hpp"

#include <string>

using namespace kasio;

TEST_CASE("well-formed UTF-8 is told from the rest") {
    for (const char* text : {"", "a", "twelve ascii", "h\xc3\xa9llo", "\xe4\xb8\x96\xe7\x95\x8c",
                             "\xf0\x9f\x98\x80", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                             "\xee\x80\x80", "\xf4\x8f\xbf\xbf", "seven b\xc3\xa9 and more"}) {
        INFO(text);
        CHECK(is_utf8(text));
    }
    for (const char* text :
         {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf", "\xe4\xb8", "\xe4(\x96",
          "\xe4\xb8(", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf0\x9f\x98", "\xf0\x9f\x98(",
          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "eight by\xfftes"}) {
        INFO(text);
        CHECK_FALSE(is_utf8(text));
    }
}

TEST_CASE("a character cut anywhere is not well-formed") {
    const std::string text = "\xf0\x9f\x98\x80";
    for (std::size_t size = 1; size < text.size(); ++size)
        CHECK_FALSE(is_utf8(std::string_view{text}.substr(0, size)));
}
