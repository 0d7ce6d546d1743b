// SPDX-License-Identifier: BSL-1.0
#include "base/base64.hpp"

#include "support/catch.hpp"

using namespace kasio;

TEST_CASE("base 64 writes and reads the examples of RFC 4648") {
    const std::pair<std::string, std::string> examples[] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };
    for (const auto& [plain, coded] : examples) {
        CHECK(to_base64(plain) == coded);
        CHECK(from_base64(coded) == plain);
    }
}

TEST_CASE("the two alphabets of base 64 differ in their last digits") {
    const std::string bytes = "\xfb\xff\xfe";
    CHECK(to_base64(bytes) == "+//+");
    CHECK(to_base64url(bytes) == "-__-");
    CHECK(from_base64url("-__-") == bytes);
    CHECK_FALSE(from_base64("-__-"));
    CHECK_FALSE(from_base64url("+//+"));
}

TEST_CASE("text that is no base 64 is refused") {
    for (const char* text :
         {"Z", "Zg", "Zg=", "Zg===", "Z===", "====", "Zm9v=", "Zh==", "Zm9=", "Zm 9", "Zm9v\n"}) {
        INFO(text);
        CHECK_FALSE(from_base64(text));
    }
    CHECK_FALSE(from_base64url("Zg=="));
    CHECK(from_base64url("Zg") == "f");
}
