// SPDX-License-Identifier: BSL-1.0
#include "line_fixture.hpp"
#include "net/api_versions.hpp"
#include "net/connector.hpp"
#include "net/tcp_line.hpp"

#include <kasio/messages/api_versions.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>

using namespace kasio;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using Catch::Matchers::Contains;

namespace {

tcp::endpoint loopback(std::uint16_t port) { return {boost::asio::ip::address_v4::loopback(), port}; }

using ranges = std::vector<std::array<std::int16_t, 3>>;

/// An answer to ApiVersions with error 35 and this list of (key, min, max).
std::string refusal(std::int32_t correlation_id, const ranges& list) {
    auto body = be16(35) + be32(static_cast<std::int32_t>(list.size()));
    for (const auto& range : list) body += be16(range[0]) + be16(range[1]) + be16(range[2]);
    return answer_frame(correlation_id, body);
}

} // namespace

TEST_CASE("a session connects and knows what the broker offers") {
    raw_peer peer{echo()};
    line_fixture fixture;
    fixture.open(peer);
    CHECK(fixture.line->versions().offered(3).max == 3);
    CHECK(fixture.line->versions().offered(2).empty());
    CHECK(fixture.line->versions().pick(protocol::api_versions_request::api) == 3);
    CHECK(fixture.line->in_flight() == 0);
}

TEST_CASE("a host name is looked up") {
    raw_peer peer{echo()};
    line_fixture fixture;
    CHECK_FALSE(fixture.connect(peer.port(), "localhost"));
}

TEST_CASE("a refused connection is named with the system's own words", "[C1]") {
    refusing_port nobody;
    line_fixture fixture;
    CHECK(fixture.connect(nobody.port()) == errc::broker_unreachable);
    CHECK_THAT(fixture.line->cause_text(), Contains("refused") && Contains(std::to_string(nobody.port())));
}

TEST_CASE("after a refused address the next one is tried", "[C1]") {
    refusing_port nobody;
    raw_peer peer{echo()};
    boost::asio::io_context io{1};
    const serial_executor strand{boost::asio::make_strand(io.get_executor())};
    const std::shared_ptr<stream> line = make_stream(strand, line_fixture::short_options());
    const auto search = std::make_shared<connector>(strand, line, make_name_service(strand));
    std::optional<error_code> found;
    std::string where;
    search->start({loopback(nobody.port()), loopback(peer.port())}, steady_clock::now() + 8s,
                  [&](error_code error, std::string text) {
                      found = error;
                      where = text;
                  });
    io.run_for(10s);
    REQUIRE(found);
    CHECK_FALSE(*found);
    CHECK(where == "127.0.0.1:" + std::to_string(peer.port()));
    line->close();
}

TEST_CASE("an address that never answers gets its share of the time, then the next one is tried",
          "[C1][C2]") {
    black_hole hole;
    raw_peer peer{echo()};
    boost::asio::io_context io{1};
    const serial_executor strand{boost::asio::make_strand(io.get_executor())};
    const std::shared_ptr<stream> line = make_stream(strand, line_fixture::short_options());
    const auto search = std::make_shared<connector>(strand, line, make_name_service(strand));
    std::optional<error_code> found;
    search->start({loopback(hole.port()), loopback(peer.port())}, steady_clock::now() + 400ms,
                  [&](error_code error, const std::string&) { found = error; });
    io.run_for(10s);
    REQUIRE(found);
    CHECK_FALSE(*found);
    line->close();
}

TEST_CASE("the system watches over what expects no answer: bytes nobody acknowledges end the connection",
          "[C5]") {
    raw_peer peer{echo()};
    boost::asio::io_context io{1};
    const serial_executor strand{boost::asio::make_strand(io.get_executor())};
    auto options = line_fixture::short_options();
    options.request_timeout = 7s;
    tcp_line line{strand, options};
    std::optional<error_code> connected;
    line.connect(loopback(peer.port()), [&](error_code error) { connected = error; });
    io.run_for(5s);
    REQUIRE(connected == error_code{});
    const auto value = [&](int level, int name) {
        int found = -1;
        ::socklen_t size = sizeof found;
        REQUIRE(::getsockopt(line.socket().native_handle(), level, name, &found, &size) == 0);
        return found;
    };
    CHECK(value(IPPROTO_TCP, TCP_USER_TIMEOUT) == 7'000);
    CHECK(value(SOL_SOCKET, SO_KEEPALIVE) != 0);
    line.close();
}

TEST_CASE("a name that does not resolve is named") {
    line_fixture fixture;
    CHECK(fixture.connect(9092, "no-such-host.invalid") == errc::host_not_found);
    CHECK_THAT(fixture.line->cause_text(), Contains("no-such-host.invalid"));
}

TEST_CASE("a connection that is never accepted ends at the connect time-out", "[C2]") {
    black_hole hole;
    auto options = line_fixture::short_options();
    options.connect_timeout = 150ms;
    line_fixture fixture{options};
    const auto start = steady_clock::now();
    CHECK(fixture.connect(hole.port()) == errc::connect_timed_out);
    CHECK(steady_clock::now() - start < 2s);
    CHECK_THAT(fixture.line->cause_text(), Contains("connecting to"));
}

TEST_CASE("a peer that never answers the first request ends at the connect time-out", "[C2]") {
    raw_peer peer{[](raw_connection& client) { client.wait_for_close(); }};
    auto options = line_fixture::short_options();
    options.connect_timeout = 150ms;
    line_fixture fixture{options};
    const auto start = steady_clock::now();
    CHECK(fixture.connect(peer.port()) == errc::connect_timed_out);
    CHECK(steady_clock::now() - start < 2s);
    CHECK_THAT(fixture.line->cause_text(), Contains("first answer"));
}

TEST_CASE("a peer that closes at the first request gives a guess in the text", "[C4]") {
    raw_peer peer{[](raw_connection& client) { static_cast<void>(client.read_request()); }};
    line_fixture fixture;
    CHECK(fixture.connect(peer.port()) == errc::connection_lost);
    CHECK_THAT(fixture.line->cause_text(), Contains("at the first request"));
}

TEST_CASE("an HTTP server is no broker") {
    raw_peer peer{[](raw_connection& client) {
        static_cast<void>(client.read_request());
        client.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        client.wait_for_close();
    }};
    line_fixture fixture;
    CHECK(fixture.connect(peer.port()) == errc::not_a_broker);
}

TEST_CASE("a TLS port that is spoken to in plain text is named", "[T4]") {
    raw_peer peer{[](raw_connection& client) {
        static_cast<void>(client.read_request());
        client.write(std::string{"\x15\x03\x03\x00\x02\x02\x46", 7});
        client.wait_for_close();
    }};
    line_fixture fixture;
    CHECK(fixture.connect(peer.port()) == errc::tls_expected);
}

TEST_CASE("a broker that refuses the version of ApiVersions is asked at the one it names", "[C12]") {
    struct {
        ranges hint;
        std::int16_t expected;
    } const cases[] = {
        {ranges{{18, 0, 2}}, 2},                        // Kafka 2.4 and later: one entry
        {ranges{{0, 0, 7}, {1, 0, 11}, {18, 0, 1}}, 1}, // Redpanda: everything
        {ranges{}, 0},                                  // before Kafka 2.4: nothing
        {ranges{{0, 0, 7}}, 0},
    };
    for (const auto& one : cases) {
        std::vector<std::int16_t> asked;
        raw_peer peer{[&](raw_connection& client) {
            const auto first = client.read_request();
            client.write(refusal(first.correlation_id, one.hint));
            const auto second = client.read_request();
            asked = {first.version, second.version};
            client.write(versions_answer(second.correlation_id, second.version));
            client.wait_for_close();
        }};
        line_fixture fixture;
        fixture.open(peer);
        CHECK(asked == std::vector<std::int16_t>{3, one.expected});
        CHECK(fixture.line->versions().offered(18).max == 3);
    }
}

TEST_CASE("a broker that refuses every version of ApiVersions is given up", "[C12]") {
    const std::int16_t hint = GENERATE(3, 4, -1, 99);
    raw_peer peer{[hint](raw_connection& client) {
        while (true) client.write(refusal(client.read_request().correlation_id, {{18, 0, hint}}));
    }};
    line_fixture fixture;
    CHECK(fixture.connect(peer.port()) == errc::unsupported_version);
}

TEST_CASE("a broker that refuses even version 0 of ApiVersions is given up", "[C12]") {
    raw_peer peer{[](raw_connection& client) {
        while (true) client.write(refusal(client.read_request().correlation_id, {}));
    }};
    line_fixture fixture;
    CHECK(fixture.connect(peer.port()) == errc::unsupported_version);
}

TEST_CASE("a session can be connected only once") {
    raw_peer peer{echo()};
    line_fixture fixture;
    fixture.open(peer);
    std::optional<error_code> second;
    fixture.line->connect("127.0.0.1", peer.port(), [&](error_code error) { second = error; });
    CHECK_FALSE(second);
    REQUIRE(fixture.run_until([&] { return second.has_value(); }));
    CHECK(*second == errc::invalid_argument);
    CHECK(fixture.line->is_open());
}
