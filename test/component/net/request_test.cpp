// SPDX-License-Identifier: BSL-1.0
#include "line_fixture.hpp"
#include "net/read_buffer.hpp"

#include <kasio/messages/api_versions.hpp>
#include <kasio/messages/metadata.hpp>

#include <boost/asio/error.hpp>

using namespace kasio;
using namespace std::chrono_literals;

namespace {

/// Answers nothing once the session is open.
raw_peer::script silence() {
    return [](raw_connection& client) {
        negotiate(client);
        client.wait_for_close();
    };
}

/// Opens the connection and reads nothing more, until `go`.
raw_peer::script deaf(std::atomic<bool>& go) {
    return [&go](raw_connection& client) {
        negotiate(client);
        while (!go) std::this_thread::sleep_for(1ms);
        client.wait_for_close();
    };
}

} // namespace

TEST_CASE("pipelined requests are answered in order, each with its own bytes") {
    raw_peer peer{echo()};
    line_fixture fixture;
    fixture.open(peer);
    std::vector<std::shared_ptr<outcome>> outcomes;
    for (int i = 0; i != 500; ++i)
        outcomes.push_back(fixture.send(std::string(i % 90, 'x') + std::to_string(i)));
    CHECK(fixture.line->in_flight() == 500);
    REQUIRE(fixture.wait(outcomes));
    for (int i = 0; i != 500; ++i) {
        CHECK_FALSE(outcomes[i]->error);
        CHECK(outcomes[i]->frame.substr(4) == std::string(i % 90, 'x') + std::to_string(i));
    }
    CHECK(fixture.line->in_flight() == 0);
}

TEST_CASE("requests with many borrowed pieces arrive as they were encoded") {
    raw_peer peer{echo()};
    line_fixture fixture;
    fixture.open(peer);
    std::vector<std::shared_ptr<outcome>> outcomes;
    std::vector<std::shared_ptr<const std::string>> bodies;
    for (int i = 0; i != 150; ++i) {
        bodies.push_back(
            std::make_shared<const std::string>(10'000 + i * 100, static_cast<char>('a' + i % 26)));
        outcomes.push_back(fixture.send_borrowed(bodies.back()));
    }
    REQUIRE(fixture.wait(outcomes));
    for (int i = 0; i != 150; ++i) {
        CHECK(outcomes[i]->frame.substr(4) == *bodies[i]);
        CHECK(bodies[i].use_count() == 1);
    }
}

TEST_CASE("an answer of many megabytes arrives whole, and its buffer is not kept afterwards") {
    constexpr std::size_t size = 20 * 1024 * 1024;
    raw_peer peer{broker([](raw_connection& client, const raw_request& request) {
        client.write(answer_frame(request.correlation_id, std::string(size, 'm')));
    })};
    line_fixture fixture;
    fixture.open(peer);
    for (int round = 0; round != 2; ++round) {
        const auto large = fixture.send();
        REQUIRE(fixture.wait({large}));
        CHECK_FALSE(large->error);
        CHECK(large->frame.size() == size + 4);
        CHECK(large->frame.find_first_not_of('m', 4) == std::string::npos);
    }
}

TEST_CASE("an answer that is kept stays as it was while others come, and after the session has gone") {
    raw_peer peer{echo()};
    std::vector<std::shared_ptr<outcome>> outcomes;
    constexpr int rounds = 40;
    {
        line_fixture fixture;
        fixture.open(peer);
        for (int i = 0; i != rounds; ++i) {
            const bool keep = i % 3 != 0;
            outcomes.push_back(
                fixture.send(std::string(20'000, static_cast<char>('a' + i % 26)), 8s, true, keep));
            if (i % 5 == 0) {
                REQUIRE(fixture.wait(outcomes));
            }
            if (i % 7 == 0) outcomes[i / 2]->kept.reset();
        }
        REQUIRE(fixture.wait(outcomes));
    }
    for (int i = 0; i != rounds; ++i) {
        const auto& one = *outcomes[i];
        CHECK(one.frame.substr(4) == std::string(20'000, static_cast<char>('a' + i % 26)));
        if (one.kept) CHECK(std::string_view{one.kept_frame, one.frame.size()} == one.frame);
    }
}

TEST_CASE("a typed request goes at the highest version both sides know") {
    std::vector<std::int16_t> versions;
    raw_peer peer{broker([&versions](raw_connection& client, const raw_request& request) {
        versions.push_back(request.version);
        client.write(versions_answer(request.correlation_id, request.version));
    })};
    line_fixture fixture;
    fixture.open(peer);
    int answered = 0;
    const auto handler = [&](error_code error, const protocol::api_versions_response& answer, reply& raw) {
        ++answered;
        CHECK_FALSE(error);
        CHECK(answer.api_keys.size() == 4);
        CHECK(raw.keep() != nullptr);
    };
    send_typed(*fixture.line, protocol::api_versions_request{}, steady_clock::now() + 8s, handler);
    send_typed(*fixture.line, protocol::api_versions_request{}, steady_clock::now() + 8s, handler, 1);
    REQUIRE(fixture.run_until([&] { return answered == 2; }));
    CHECK(versions == std::vector<std::int16_t>{3, 1});
}

TEST_CASE("a request without a common version fails without touching the line") {
    raw_peer peer{silence()};
    line_fixture fixture;
    fixture.open(peer);
    std::optional<error_code> typed;
    send_typed(
        *fixture.line, protocol::metadata_request{}, steady_clock::now() + 8s,
        [&](error_code error, const protocol::metadata_response&) { typed = error; }, -1);
    CHECK_FALSE(typed);
    CHECK(fixture.line->in_flight() == 0);
    REQUIRE(fixture.run_until([&] { return typed.has_value(); }));
    CHECK(*typed == errc::unsupported_version);
    CHECK(fixture.line->is_open());
}

TEST_CASE(
    "a peer that goes silent closes the connection at the request's deadline, with all that is in flight",
    "[C5]") {
    raw_peer peer{silence()};
    line_fixture fixture;
    fixture.open(peer);
    int told = 0;
    fixture.line->on_close([&] { ++told; });
    const auto start = steady_clock::now();
    const auto patient = fixture.send("p", 8s);
    const auto hasty = fixture.send("h", 100ms);
    const auto silent = fixture.send("s", 8s);
    REQUIRE(fixture.wait({patient, hasty, silent}));
    CHECK(steady_clock::now() - start < 2s);
    CHECK(steady_clock::now() - start >= 100ms);
    for (const auto& one : {patient, hasty, silent}) {
        CHECK(one->error == errc::request_timed_out);
        CHECK(one->maybe_sent);
    }
    CHECK(fixture.line->cause() == errc::request_timed_out);
    fixture.finish();
    CHECK(told == 1);
    CHECK(patient->calls == 1);
}

TEST_CASE("a later deadline is watched after an earlier request was answered in time", "[C5]") {
    raw_peer peer{broker([](raw_connection& client, const raw_request& request) {
        if (request.frame.back() == 'y') client.write(answer_frame(request.correlation_id, "yes"));
    })};
    line_fixture fixture;
    fixture.open(peer);
    const auto answered = fixture.send("y", 50ms);
    const auto silent = fixture.send("n", 150ms);
    REQUIRE(fixture.wait({answered}));
    CHECK_FALSE(answered->error);
    const auto start = steady_clock::now();
    REQUIRE(fixture.wait({silent}));
    CHECK(silent->error == errc::request_timed_out);
    CHECK(steady_clock::now() - start < 2s);
}

TEST_CASE("a byte now and then does not hold off the deadline of an answer", "[C6]") {
    raw_peer peer{broker([](raw_connection& client, const raw_request& request) {
        for (const char byte : answer_frame(request.correlation_id, std::string(1000, 'x'))) {
            client.write({&byte, 1});
            std::this_thread::sleep_for(10ms);
        }
    })};
    line_fixture fixture;
    fixture.open(peer);
    const auto start = steady_clock::now();
    const auto slow = fixture.send("a", 150ms);
    REQUIRE(fixture.wait({slow}));
    CHECK(slow->error == errc::request_timed_out);
    CHECK(steady_clock::now() - start < 2s);
}

TEST_CASE("a request whose deadline has passed already fails alone, unsent") {
    raw_peer peer{echo()};
    line_fixture fixture;
    fixture.open(peer);
    const auto late = fixture.send("late", -1ms);
    const auto next = fixture.send("next");
    REQUIRE(fixture.wait({late, next}));
    CHECK(late->error == errc::request_timed_out);
    CHECK_FALSE(late->maybe_sent);
    CHECK(next->frame.substr(4) == "next");
}

TEST_CASE("an idle session has nothing to wake up for once the last deadline is over") {
    raw_peer peer{echo()};
    auto options = line_fixture::short_options();
    options.connect_timeout = 100ms;
    line_fixture fixture{options};
    fixture.open(peer);
    const auto one = fixture.send("a", 100ms);
    REQUIRE(fixture.wait({one}));
    fixture.io.run_for(150ms);
    CHECK(fixture.io.run_for(200ms) == 0);
    CHECK(fixture.line->is_open());
    const auto two = fixture.send("b", 100ms);
    REQUIRE(fixture.wait({two}));
    CHECK_FALSE(two->error);
}

TEST_CASE("a request that expects no answer ends when it is written, and answers to others stay in order",
          "[P14]") {
    std::atomic<int> silent_seen{0};
    raw_peer peer{broker([&](raw_connection& client, const raw_request& request) {
        const auto body = std::string_view{request.frame}.substr(8);
        if (body == "silent") ++silent_seen;
        else client.write(answer_frame(request.correlation_id, body));
    })};
    line_fixture fixture;
    fixture.open(peer);
    std::vector<std::shared_ptr<outcome>> outcomes;
    for (int i = 0; i != 30; ++i)
        outcomes.push_back(i % 3 == 0 ? fixture.send("asking") : fixture.send("silent", 8s, false));
    REQUIRE(fixture.wait(outcomes));
    for (int i = 0; i != 30; ++i) {
        CHECK_FALSE(outcomes[i]->error);
        CHECK(outcomes[i]->frame.empty() == (i % 3 != 0));
        CHECK(outcomes[i]->calls == 1);
    }
    REQUIRE(fixture.run_until([&] { return silent_seen == 20; }));
    CHECK(fixture.line->is_open());
}

TEST_CASE("an abandoned request that waits for its answer ends at once, and the late answer is dropped") {
    std::atomic<bool> go{false};
    raw_peer peer{[&go](raw_connection& client) {
        negotiate(client);
        const auto first = client.read_request();
        const auto second = client.read_request();
        while (!go) std::this_thread::sleep_for(1ms);
        client.write(answer_frame(first.correlation_id, "late"));
        client.write(answer_frame(second.correlation_id, "good"));
        client.wait_for_close();
    }};
    line_fixture fixture;
    fixture.open(peer);
    const auto first = fixture.send("a");
    const auto id = fixture.last_id;
    const auto second = fixture.send("b");
    fixture.line->abandon(id);
    CHECK(first->calls == 0);
    REQUIRE(fixture.wait({first}));
    CHECK(first->error == boost::asio::error::operation_aborted);
    CHECK(first->maybe_sent);
    fixture.line->abandon(id);
    go = true;
    REQUIRE(fixture.wait({second}));
    CHECK(second->frame.substr(4) == "good");
    fixture.line->abandon(id);
    fixture.finish();
    CHECK(first->calls == 1);
}

TEST_CASE("a request that waits behind a stuck write is withdrawn when abandoned, and expires alone") {
    std::atomic<bool> go{false};
    std::vector<std::size_t> seen;
    raw_peer peer{[&](raw_connection& client) {
        negotiate(client);
        while (!go) std::this_thread::sleep_for(1ms);
        while (true) {
            const auto request = client.read_request();
            seen.push_back(request.frame.size() - 8);
            client.write(answer_frame(request.correlation_id, "done"));
        }
    }};
    line_fixture fixture;
    fixture.open(peer);
    auto bytes = std::make_shared<const std::string>(64 * 1024 * 1024, 'x');
    const auto stuck = fixture.send_borrowed(bytes);
    const auto abandoned = fixture.send("abandoned");
    const auto id = fixture.last_id;
    const auto hasty = fixture.send("hasty", 100ms);
    const auto patient = fixture.send("sent");
    fixture.line->abandon(id);
    CHECK(fixture.line->in_flight() == 3);
    REQUIRE(fixture.wait({abandoned, hasty}));
    CHECK(abandoned->error == boost::asio::error::operation_aborted);
    CHECK_FALSE(abandoned->maybe_sent);
    CHECK(hasty->error == errc::request_timed_out);
    CHECK_FALSE(hasty->maybe_sent);
    CHECK(fixture.line->is_open());
    CHECK(stuck->calls == 0);
    go = true;
    REQUIRE(fixture.wait({stuck, patient}));
    CHECK_FALSE(patient->error);
    CHECK(seen == std::vector<std::size_t>{bytes->size(), 4});
}

TEST_CASE("bytes under a write stay pinned after their request was abandoned or closed") {
    std::atomic<bool> go{false};
    raw_peer peer{deaf(go)};
    line_fixture fixture;
    fixture.open(peer);
    auto bytes = std::make_shared<const std::string>(64 * 1024 * 1024, 'x');
    const auto stuck = fixture.send_borrowed(bytes);
    const auto waiting = fixture.send_borrowed(bytes);
    CHECK(bytes.use_count() == 3);
    fixture.line->abandon(fixture.last_id - 1);
    REQUIRE(fixture.wait({stuck}));
    CHECK(stuck->error == boost::asio::error::operation_aborted);
    CHECK(bytes.use_count() == 3);
    fixture.line->close(errc::closed);
    // The one that no write holds is let go at once, the other when the write has ended.
    CHECK(bytes.use_count() == 2);
    REQUIRE(fixture.wait({waiting}));
    CHECK_FALSE(waiting->maybe_sent);
    fixture.finish();
    CHECK(bytes.use_count() == 1);
    go = true;
}
