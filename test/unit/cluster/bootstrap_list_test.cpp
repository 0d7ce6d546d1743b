// SPDX-License-Identifier: BSL-1.0
#include "cluster/bootstrap_list.hpp"

#include <kasio/error.hpp>

#include "support/catch.hpp"

#include <boost/system/system_error.hpp>

using namespace kasio;

namespace {

using servers = std::vector<server_address>;

} // namespace

TEST_CASE("a bootstrap list is hosts with ports, separated by commas") {
    CHECK(parse_bootstrap_list("kafka:9093") == servers{{"kafka", 9093}});
    CHECK(parse_bootstrap_list("kafka") == servers{{"kafka", 9092}});
    CHECK(parse_bootstrap_list("a:1,b:2,c:65535") == servers{{"a", 1}, {"b", 2}, {"c", 65535}});
    CHECK(parse_bootstrap_list(" a:1 ,\tb:2\n") == servers{{"a", 1}, {"b", 2}});
    CHECK(parse_bootstrap_list(",a:1,,b:2,") == servers{{"a", 1}, {"b", 2}});
    CHECK(parse_bootstrap_list("10.0.0.1:9092,10.0.0.1:9092").size() == 2);
}

TEST_CASE("IPv6 addresses stand in brackets") {
    CHECK(parse_bootstrap_list("[::1]:9093") == servers{{"::1", 9093}});
    CHECK(parse_bootstrap_list("[2001:db8::7]") == servers{{"2001:db8::7", 9092}});
    CHECK(parse_bootstrap_list("[::1]:1,[::2]:2") == servers{{"::1", 1}, {"::2", 2}});
    CHECK(parse_bootstrap_list("[fe80::1%eth0]:1") == servers{{"fe80::1%eth0", 1}});
}

TEST_CASE("a piece that cannot be is refused by its name") {
    for (const std::string piece :
         {"a:0", "a:65536", "a:99999999999999999999", "a:-1", "a:+1", "a:", "a:x", "a:9092x", "a: 9092", ":9092", "::1",
          "::1:9092", "[::1", "[::1]9092", "[::1]:", "[]:9092", "[]", "kafka://a:9092"}) {
        INFO(piece);
        for (const auto& list : {piece, "good:9092," + piece, piece + ",good:9092"}) {
            try {
                const auto parsed = parse_bootstrap_list(list);
                FAIL_CHECK("accepted as " << parsed.size() << " servers, the first " << parsed[0].host);
            } catch (const boost::system::system_error& error) {
                CHECK(error.code() == errc::invalid_option);
                CHECK(std::string{error.what()}.find("'" + piece + "'") != std::string::npos);
            }
        }
    }
}

TEST_CASE("a list without any server is refused") {
    for (const char* list : {"", " ", ",", " , ,"}) {
        CHECK_THROWS_AS(parse_bootstrap_list(list), boost::system::system_error);
    }
}
