// SPDX-License-Identifier: BSL-1.0
#include "line_fixture.hpp"

#include "net/api_versions.hpp"

#include <boost/asio/error.hpp>

using namespace kasio;
using namespace std::chrono_literals;

TEST_CASE("closing a session that was never connected is harmless, and it cannot be connected afterwards") {
    line_fixture fixture;
    fixture.line->close(errc::closed);
    fixture.line->close(errc::connection_lost);
    CHECK(fixture.line->cause() == errc::closed);
    CHECK(fixture.connect(1) == errc::closed);
    const auto refused = fixture.send();
    REQUIRE(fixture.wait({refused}));
    CHECK(refused->error == errc::closed);
    CHECK_FALSE(refused->maybe_sent);
}

TEST_CASE("a request before the session is open is refused") {
    line_fixture fixture;
    const auto early = fixture.send();
    REQUIRE(fixture.wait({early}));
    CHECK(early->error == errc::closed);
    CHECK_FALSE(early->maybe_sent);
}

TEST_CASE("closing ends connecting whatever step it has reached") {
    const std::string host = GENERATE(std::string{"127.0.0.1"}, std::string{"localhost"});
    for (int steps = 0; steps != 12; ++steps) {
        std::atomic<bool> negotiated{false};
        raw_peer peer{[&](raw_connection& client) {
            negotiate(client);
            negotiated = true;
            client.wait_for_close();
        }};
        line_fixture fixture;
        std::optional<error_code> connected;
        fixture.line->connect(host, peer.port(), [&](error_code error) {
            CHECK_FALSE(connected);
            connected = error;
        });
        for (int i = 0; i != steps && !connected; ++i) {
            fixture.io.restart();
            fixture.io.run_one_for(2s);
        }
        const bool was_connected = connected.has_value();
        fixture.line->close(errc::closed);
        REQUIRE(fixture.run_until([&] { return connected.has_value(); }));
        if (was_connected) CHECK_FALSE(*connected);
        else CHECK(*connected == errc::closed);
        CHECK_FALSE(fixture.line->is_open());
    }
}

TEST_CASE("closing while connecting to a black hole ends at once") {
    black_hole hole;
    line_fixture fixture;
    std::optional<error_code> connected;
    fixture.line->connect("127.0.0.1", hole.port(), [&](error_code error) { connected = error; });
    fixture.io.run_for(20ms);
    CHECK_FALSE(connected);
    const auto start = steady_clock::now();
    fixture.line->close(errc::closed);
    REQUIRE(fixture.run_until([&] { return connected.has_value(); }));
    CHECK(*connected == errc::closed);
    CHECK(steady_clock::now() - start < 1s);
}

TEST_CASE("closing fails everything with the first cause, in order, never inside the call") {
    raw_peer peer{[](raw_connection& client) {
        negotiate(client);
        client.wait_for_close();
    }};
    line_fixture fixture;
    fixture.open(peer);
    int told = 0;
    fixture.line->on_close([&] { ++told; });
    std::vector<std::shared_ptr<outcome>> outcomes;
    for (int i = 0; i != 10; ++i) outcomes.push_back(fixture.send("x", 8s, i % 4 != 0));
    fixture.line->close(errc::closed);
    fixture.line->close(errc::connection_lost);
    for (const auto& one : outcomes) CHECK(one->calls == 0);
    CHECK(told == 0);
    CHECK(fixture.line->in_flight() == 0);
    const auto after = fixture.send("late");
    REQUIRE(fixture.wait(outcomes));
    REQUIRE(fixture.wait({after}));
    for (const auto& one : outcomes) CHECK(one->error == errc::closed);
    CHECK(after->error == errc::closed);
    CHECK_FALSE(after->maybe_sent);
    fixture.finish();
    for (const auto& one : outcomes) CHECK(one->calls == 1);
    CHECK(told == 1);
    CHECK(fixture.line->cause() == errc::closed);
}

TEST_CASE("whoever asks to be told of a close after it has happened is told") {
    line_fixture fixture;
    fixture.line->close(errc::closed);
    bool told = false;
    fixture.line->on_close([&] { told = true; });
    CHECK_FALSE(told);
    REQUIRE(fixture.run_until([&] { return told; }));
}

TEST_CASE("a peer that ends the connection is noticed while nothing is in flight", "[C3]") {
    raw_peer peer{[](raw_connection& client) { negotiate(client); }};
    line_fixture fixture;
    fixture.open(peer);
    bool told = false;
    fixture.line->on_close([&] { told = true; });
    REQUIRE(fixture.run_until([&] { return told; }));
    CHECK(fixture.line->cause() == errc::connection_lost);
}

TEST_CASE("handlers may send, abandon and close") {
    raw_peer peer{echo()};
    line_fixture fixture;
    fixture.open(peer);
    std::shared_ptr<outcome> nested;
    int calls = 0;
    outgoing_request request;
    request.api_key = some_api;
    const auto second = fixture.send("b");
    const auto third = fixture.send("c");
    const auto third_id = fixture.last_id;
    request.deadline = steady_clock::now() + 8s;
    const auto header = be32(8) + be16(some_api) + be16(some_version) + be32(0);
    request.frame.copy(std::as_bytes(std::span{header}));
    request.handler = [&](error_code error, reply&) {
        ++calls;
        CHECK_FALSE(error);
        nested = fixture.send("nested");
        fixture.line->abandon(third_id);
        fixture.line->close(errc::closed);
    };
    fixture.line->send(std::move(request));
    REQUIRE(fixture.run_until([&] { return calls == 1; }));
    REQUIRE(fixture.wait({nested, second, third}));
    CHECK_FALSE(second->error);
    CHECK_FALSE(third->error);
    CHECK(nested->error == errc::closed);
    fixture.finish();
    CHECK(nested->calls == 1);
}

TEST_CASE("when the execution context is destroyed handlers are destroyed uncalled and nothing leaks") {
    // 0: while connecting, 1: while negotiating, 2: with requests in flight, 3: with failures posted
    const int stage = GENERATE(0, 1, 2, 3);
    black_hole hole;
    raw_peer peer{[stage](raw_connection& client) {
        if (stage >= 2) negotiate(client);
        client.wait_for_close();
    }};
    int calls = 0;
    std::weak_ptr<session> watched;
    auto token = std::make_shared<int>(0);
    {
        boost::asio::io_context io{1};
        const serial_executor strand{boost::asio::make_strand(io.get_executor())};
        auto line = session::create(strand, line_fixture::short_options());
        watched = line;
        bool opened = false;
        // Handlers that own the session, as those of a pool do.
        line->connect("127.0.0.1", stage == 0 ? hole.port() : peer.port(),
                      [line, token, &opened](error_code) { opened = true; });
        line->on_close([line, token, &calls] { ++calls; });
        const auto limit = steady_clock::now() + 5s;
        while (stage >= 2 && !opened && steady_clock::now() < limit) io.run_one_for(100ms);
        if (stage < 2) io.run_for(20ms);
        REQUIRE(opened == (stage >= 2));
        if (stage >= 2) {
            outgoing_request request;
            request.deadline = steady_clock::now() + 8s;
            const auto header = be32(8) + be16(some_api) + be16(some_version) + be32(0);
            request.frame.copy(std::as_bytes(std::span{header}));
            request.pin = token;
            request.handler = [line, token, &calls](error_code, reply&) { ++calls; };
            line->send(std::move(request));
        }
        if (stage == 3) line->close(errc::closed);
        line.reset();
        CHECK_FALSE(watched.expired());
    }
    CHECK(watched.expired());
    CHECK(token.use_count() == 1);
    CHECK(calls == 0);
}
