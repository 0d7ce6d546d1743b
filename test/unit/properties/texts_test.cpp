// SPDX-License-Identifier: BSL-1.0
#include "properties/jaas.hpp"
#include "properties/values.hpp"
#include "support/catch.hpp"

#include <kasio/properties.hpp>

#include <string>

using namespace kasio;

TEST_CASE("a property file is read as Java reads it") {
    const auto found = parse_properties(
        "# comment\n"
        "! another\r\n"
        "\n"
        "  a=1\n"
        "b : two words \n"
        "c\tthree\n"
        "d=\n"
        "e\n"
        "with\\ blank\\=and\\:more = v\n"
        "long = one,\\\n"
        "       two,\\\r\n"
        "   three\n"
        "even = back\\\\\n"
        "# no continuation \\\n"
        "tab=\\t\\n\\r\\f\\q\n"
        "unicode=\\u00e4\\u20ac\\ud83d\\ude00\n"
        "equals==x=y\n"
        "last=no line end");
    const properties wanted{
        {"a", "1"},
        {"b", "two words "},
        {"c", "three"},
        {"d", ""},
        {"e", ""},
        {"with blank=and:more", "v"},
        {"long", "one,two,three"},
        {"even", "back\\"},
        {"tab", "\t\n\r\fq"},
        {"unicode", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"equals", "=x=y"},
        {"last", "no line end"},
    };
    CHECK(found == wanted);
    CHECK(parse_properties("").empty());
    CHECK(parse_properties("\\").size() == 1);
    CHECK(parse_properties("\xef\xbb\xbf"
                           "a=1") == properties{{"a", "1"}});
}

TEST_CASE("a damaged escape of a property file is told by its line, without the line") {
    for (const auto* text : {"a=1\n\n# x\nsasl.password=hunter2\\u12g4\n", "\n\n\nx=\\u1"}) {
        try {
            (void)parse_properties(text);
            FAIL("nothing was refused");
        } catch (const property_error& error) {
            const std::string what = error.what();
            CHECK(what.starts_with("line 4:"));
            CHECK(what.find("hunter2") == what.npos);
        }
    }
}

TEST_CASE("a JAAS line gives the last part of its class, and its options") {
    std::string wrong;
    const auto plain = parse_jaas(
        "org.apache.kafka.common.security.plain.PlainLoginModule required\n"
        "  username=\"me\" password=\"a\\\"b\\\\c; d\" debug=true;",
        wrong);
    REQUIRE(plain);
    CHECK(plain->login_module == "PlainLoginModule");
    CHECK(plain->options.at("username") == "me");
    CHECK(plain->options.at("password") == "a\"b\\c; d");
    CHECK(plain->options.at("debug") == "true");
    CHECK(parse_jaas("A optional;", wrong)->options.empty());
    CHECK(parse_jaas("a.B sufficient x = \"\" ; ", wrong)->options.at("x").empty());
}

TEST_CASE("a JAAS line of another shape is refused without quoting it") {
    for (const auto* text :
         {"", "A", "A hunter2 x=\"y\";", "A required x=\"hunter2\"", "A required x=\"hunter2;",
          "A required x hunter2;", "A required x=;", "A required hunter2;",
          "A required; B required hunter2=\"x\";", "A required x=\"a\"hunter2=;"}) {
        INFO(text);
        std::string wrong;
        CHECK_FALSE(parse_jaas(text, wrong));
        CHECK_FALSE(wrong.empty());
        CHECK(wrong.find("hunter2") == wrong.npos);
    }
}

TEST_CASE("values are read within their bounds") {
    std::int64_t number = 0;
    CHECK(read_number(" 12 ", 0, 12, number).empty());
    CHECK(number == 12);
    for (const auto* bad : {"13", "-1", "", "+1", "1 2", "0x1", "1.0"}) {
        INFO(bad);
        CHECK_FALSE(read_number(bad, 0, 12, number).empty());
    }
    bool flag = false;
    CHECK(read_flag(" TRUE", flag).empty());
    CHECK(flag);
    CHECK(read_flag("no", flag).empty());
    CHECK_FALSE(flag);
    CHECK_FALSE(read_flag("", flag).empty());
    std::chrono::milliseconds time{};
    CHECK(read_milliseconds("2.0", 0, time).empty());
    CHECK(time.count() == 2);
    CHECK(read_milliseconds("2147483647.9", 0, time).empty());
    CHECK(time.count() == most_milliseconds);
    CHECK_FALSE(read_milliseconds("2147483648", 0, time).empty());
    CHECK_FALSE(read_milliseconds(".5", 0, time).empty());
    std::int16_t small = 0;
    CHECK_FALSE(read_member("32768", 0, small).empty());
    CHECK(list_of(" a, b,,c ") == std::vector<std::string_view>{"a", "b", "c"});
}
