// SPDX-License-Identifier: BSL-1.0
// Connections that end early, late, or were never TLS.
#include "tls_fixture.hpp"

#include "support/raw_peer.hpp"

#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>

#include <array>

using namespace kasio_test;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

/// Reads from a peer that has shaken hands, until the connection ends.
struct read_out {
    error_code error;
    std::string text;
    std::string bytes;
};

read_out read_all(std::uint16_t port, const cluster_options& options) {
    boost::asio::io_context io{1};
    const serial_executor strand{boost::asio::make_strand(io.get_executor())};
    const std::shared_ptr<stream> line = make_stream(strand, options);
    read_out found;
    std::array<char, 7> room;
    std::function<void()> more = [&] {
        line->read_some(boost::asio::buffer(room), [&](error_code error, std::size_t size) {
            found.bytes.append(room.data(), size);
            found.error = error;
            if (!error) more();
        });
    };
    line->connect({boost::asio::ip::address_v4::loopback(), port}, [&](error_code) {
        line->handshake("localhost", [&](error_code error) {
            found.error = error;
            if (!error) more();
        });
    });
    io.run_for(10s);
    CHECK(io.stopped());
    found.text = line->why(found.error);
    line->close();
    return found;
}

} // namespace

TEST_CASE("an end with close_notify is told from a truncation", "[T3]") {
    certificate_authority ca;
    const bool polite = GENERATE(true, false);
    tls_peer peer{ca.server(), [&](tls_peer::line& line) {
                      line.handshake(boost::asio::ssl::stream_base::server);
                      boost::asio::write(line, boost::asio::buffer(std::string(40'000, 'x')));
                      error_code ignored;
                      if (polite) line.shutdown(ignored);
                  }};
    const auto found = read_all(peer.port(), trusting(ca));
    CHECK(found.bytes == std::string(40'000, 'x'));
    if (polite) {
        CHECK(found.error == boost::asio::error::eof);
    } else {
        CHECK(found.error == boost::asio::ssl::error::stream_truncated);
        CHECK_THAT(found.text, Contains("close_notify"));
    }
}

TEST_CASE("a connection that is cut at any byte ends as lost, or at its start as no TLS", "[T3][C3]") {
    certificate_authority ca;
    testing::broker broker{behind(ca.server())};
    const bool with_reset = GENERATE(false, true);
    // Every byte of the first record's header and many of what follows, up to the first answer.
    std::vector<std::size_t> cuts{0, 1, 2, 3, 4, 5, 6};
    for (std::size_t at = 40; at < 1700; at += 83) cuts.push_back(at);
    std::size_t opened = 0;
    for (const auto at : cuts) {
        INFO("cut after " << at);
        cutting_proxy proxy{broker.port(1), at, with_reset};
        const auto found = open_session(proxy.port(), trusting(ca));
        // So many bytes that the first answer came before the cut.
        if (!found.error) {
            ++opened;
            continue;
        }
        if (at == 0) CHECK(found.error == errc::tls_handshake_failed);
        else CHECK((found.error == errc::connection_lost));
    }
    CHECK(opened < cuts.size());
}

TEST_CASE("a peer that speaks plain text to a TLS client is named", "[T4]") {
    certificate_authority ca;
    const std::string words = GENERATE(std::string{"HTTP/1.1 400 Bad Request\r\n\r\n"}, std::string(64, '\0'),
                                       std::string{"\x00\x00\x00\x10 some answer\n\n\n", 20});
    raw_peer peer{[&](raw_connection& client) {
        static_cast<void>(client.read_bytes(5));
        client.write(words);
        client.wait_for_close();
    }};
    const auto found = open_session(peer.port(), trusting(ca));
    CHECK(found.error == errc::tls_handshake_failed);
    CHECK_THAT(found.text, Contains("plain-text port"));
}

TEST_CASE("a peer that closes at the first bytes of TLS is named", "[T4]") {
    certificate_authority ca;
    raw_peer peer{[&](raw_connection& client) { static_cast<void>(client.read_bytes(5)); }};
    const auto found = open_session(peer.port(), trusting(ca));
    CHECK(found.error == errc::tls_handshake_failed);
    CHECK_THAT(found.text, Contains("plain-text port"));
}

TEST_CASE("a plain client is told that a port wants TLS, or that it was closed", "[T4]") {
    certificate_authority ca;
    testing::broker broker{behind(ca.server())};
    const auto found = open_session(broker.port(1), cluster_options{});
    CHECK((found.error == errc::tls_expected || found.error == errc::connection_lost));
}

TEST_CASE("a peer that is silent in the handshake ends at the connect time-out", "[C2]") {
    certificate_authority ca;
    raw_peer peer{[](raw_connection& client) { client.wait_for_close(); }};
    auto options = trusting(ca);
    options.connect_timeout = 150ms;
    const auto found = open_session(peer.port(), options);
    CHECK(found.error == errc::connect_timed_out);
    CHECK_THAT(found.text, Contains("securing"));
}

TEST_CASE("closing ends the handshake and the session whatever step it has reached", "[L1]") {
    certificate_authority ca;
    testing::broker broker{behind(ca.server())};
    for (int steps = 0; steps != 16; ++steps) {
        boost::asio::io_context io{1};
        const serial_executor strand{boost::asio::make_strand(io.get_executor())};
        const auto line = session::create(strand, trusting(ca));
        int calls = 0;
        error_code ended;
        line->connect("127.0.0.1", broker.port(1), [&](error_code error) {
            ++calls;
            ended = error;
        });
        for (int i = 0; i != steps && calls == 0; ++i) io.run_one_for(2s);
        const bool was_open = calls != 0;
        line->close(errc::closed);
        io.restart();
        io.run_for(5s);
        CHECK(io.stopped());
        CHECK(calls == 1);
        CHECK(line.use_count() == 1);
        if (was_open) CHECK_FALSE(ended);
        else CHECK(ended == errc::closed);
    }
}

TEST_CASE("an execution context that is destroyed takes all handlers with it, at any step", "[L4]") {
    certificate_authority ca;
    testing::broker broker{behind(ca.server())};
    for (int steps = 0; steps != 16; ++steps) {
        const auto owned = std::make_shared<int>(0);
        std::weak_ptr<session> seen;
        {
            boost::asio::io_context io{1};
            const auto line =
                session::create(serial_executor{boost::asio::make_strand(io.get_executor())}, trusting(ca));
            seen = line;
            line->connect("127.0.0.1", broker.port(1), [owned](error_code) { ++*owned; });
            for (int i = 0; i != steps; ++i) io.run_one_for(20ms);
        }
        CHECK(owned.use_count() == 1);
        CHECK(seen.expired());
    }
}
