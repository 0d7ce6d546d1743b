// SPDX-License-Identifier: BSL-1.0
#include "largest_allocation.hpp"
#include "line_fixture.hpp"

#include <kasio/messages/api_versions.hpp>

using namespace kasio;
using namespace std::chrono_literals;

namespace {

/// Plays `bytes` in place of the answer to the first request after the negotiation.
raw_peer::script answering(std::function<std::string(std::int32_t correlation_id)> bytes) {
    return broker([bytes = std::move(bytes)](raw_connection& client, const raw_request& request) {
        client.write(bytes(request.correlation_id));
        client.wait_for_close();
    });
}

/// What becomes of two pipelined requests when this comes in place of the first answer.
void expect_malformed(raw_peer::script script) {
    raw_peer peer{std::move(script)};
    line_fixture fixture;
    fixture.open(peer);
    const auto first = fixture.send("a");
    const auto second = fixture.send("b");
    REQUIRE(fixture.wait({first, second}));
    CHECK(first->error == errc::malformed_response);
    CHECK(second->error == errc::malformed_response);
    CHECK(first->maybe_sent);
    CHECK_FALSE(fixture.line->is_open());
    CHECK(fixture.line->cause() == errc::malformed_response);
    fixture.finish();
    CHECK(first->calls == 1);
    CHECK(second->calls == 1);
}

} // namespace

TEST_CASE("a frame with an impossible length closes the connection", "[C8]") {
    const std::int32_t length = GENERATE(-1, -2'147'483'647 - 1, 0, 3, 100 * 1024 * 1024 + 1, 2'147'483'647);
    expect_malformed(answering([length](std::int32_t) { return be32(length) + std::string(64, 'x'); }));
}

TEST_CASE("a peer that claims a large frame gets no memory for its claim", "[C8]") {
    raw_peer peer{answering([](std::int32_t correlation_id) {
        return be32(100 * 1024 * 1024) + be32(correlation_id) + "only this";
    })};
    line_fixture fixture;
    fixture.open(peer);
    forget_allocations();
    const auto late = fixture.send("a", 150ms);
    REQUIRE(fixture.wait({late}));
    CHECK(late->error == errc::request_timed_out);
    CHECK(largest_allocation() < 1024 * 1024);
}

TEST_CASE("an answer longer than the user's maximum closes the connection, the longest allowed one does not",
          "[C8]") {
    raw_peer peer{broker([](raw_connection& client, const raw_request& request) {
        const bool longer = request.frame.back() == 'l';
        client.write(answer_frame(request.correlation_id, std::string(longer ? 997 : 996, 'x')));
    })};
    auto options = line_fixture::short_options();
    options.max_response_bytes = 1000;
    line_fixture fixture{options};
    fixture.open(peer);
    const auto allowed = fixture.send("s");
    REQUIRE(fixture.wait({allowed}));
    CHECK_FALSE(allowed->error);
    CHECK(allowed->frame.size() == 1000);
    const auto longer = fixture.send("l");
    REQUIRE(fixture.wait({longer}));
    CHECK(longer->error == errc::malformed_response);
}

TEST_CASE("an answer with a wrong correlation id closes the connection", "[C9]") {
    const int difference = GENERATE(-1, 1, 2);
    expect_malformed(answering(
        [=](std::int32_t correlation_id) { return answer_frame(correlation_id + difference, "x"); }));
}

TEST_CASE("an answer with nothing in flight closes the connection", "[C9]") {
    raw_peer peer{answering([](std::int32_t correlation_id) {
        return answer_frame(correlation_id, "due") + answer_frame(correlation_id, "again");
    })};
    line_fixture fixture;
    fixture.open(peer);
    bool told = false;
    fixture.line->on_close([&] { told = true; });
    const auto due = fixture.send("a");
    REQUIRE(fixture.run_until([&] { return told; }));
    CHECK_FALSE(due->error);
    CHECK(due->calls == 1);
    CHECK(fixture.line->cause() == errc::malformed_response);
}

TEST_CASE("a typed answer that cannot be read closes the connection and completes every waiter", "[C10]") {
    const std::string body = GENERATE(std::string{},                    // too short
                                      std::string(1, '\0'),             // half an error code
                                      be16(0) + "\x7f",                 // more entries than bytes
                                      be16(0) + "\xff\xff\xff\xff\x0f", // a length beyond the format
                                      be16(0) + "\x02" + be16(1) + be16(0) + be16(3)); // cut before its tags
    raw_peer peer{
        answering([body](std::int32_t correlation_id) { return answer_frame(correlation_id, body); })};
    line_fixture fixture;
    fixture.open(peer);
    std::optional<error_code> typed;
    send_typed(*fixture.line, protocol::api_versions_request{}, steady_clock::now() + 8s,
               [&](error_code error, const protocol::api_versions_response& answer) {
                   typed = error;
                   CHECK(answer == protocol::api_versions_response{});
               });
    CHECK_FALSE(typed);
    const auto other = fixture.send("b");
    REQUIRE(fixture.wait({other}));
    CHECK(typed == error_code{errc::malformed_response});
    CHECK(other->error == errc::malformed_response);
}

TEST_CASE("bytes after an answer and tags that are not known are let be", "[C11]") {
    const auto entry = be16(18) + be16(0) + be16(4) + std::string(1, '\0');
    // One entry, throttle time, one tag 60 with two bytes, then three bytes too many.
    const auto body = be16(0) + "\x02" + entry + be32(7) + "\x01\x3c\x02xy" + "???";
    raw_peer peer{broker([body](raw_connection& client, const raw_request& request) {
        client.write(answer_frame(request.correlation_id, body));
    })};
    line_fixture fixture;
    fixture.open(peer);
    int answered = 0;
    for (int i = 0; i != 2; ++i)
        send_typed(*fixture.line, protocol::api_versions_request{}, steady_clock::now() + 8s,
                   [&](error_code error, const protocol::api_versions_response& answer) {
                       ++answered;
                       CHECK_FALSE(error);
                       CHECK(answer.api_keys.size() == 1);
                       CHECK(answer.throttle_time_ms == 7);
                   });
    REQUIRE(fixture.run_until([&] { return answered == 2; }));
    CHECK(fixture.line->is_open());
}

TEST_CASE("tags out of order or given twice are malformed", "[C11]") {
    const std::string tags =
        GENERATE(std::string{"\x02\x3d\x01x\x3c\x01x"}, std::string{"\x02\x3c\x01x\x3c\x01x"});
    const auto body = be16(0) + "\x01" + be32(0) + tags;
    raw_peer peer{
        answering([body](std::int32_t correlation_id) { return answer_frame(correlation_id, body); })};
    line_fixture fixture;
    fixture.open(peer);
    std::optional<error_code> typed;
    send_typed(*fixture.line, protocol::api_versions_request{}, steady_clock::now() + 8s,
               [&](error_code error, const protocol::api_versions_response&) { typed = error; });
    REQUIRE(fixture.run_until([&] { return typed.has_value(); }));
    CHECK(*typed == errc::malformed_response);
}

TEST_CASE("answers that come byte by byte or glued together give the same results", "[C7]") {
    const bool bytewise = GENERATE(true, false);
    constexpr int requests = 20;
    raw_peer peer{[=](raw_connection& client) {
        const auto first = client.read_request();
        const auto versions = versions_answer(first.correlation_id);
        if (bytewise) client.write_bytewise(versions);
        else client.write(versions);
        std::string all;
        for (int i = 0; i != requests; ++i) {
            const auto request = client.read_request();
            all += answer_frame(request.correlation_id, "answer " + request.frame.substr(8));
        }
        if (bytewise) client.write_bytewise(all);
        else client.write(all);
        client.wait_for_close();
    }};
    line_fixture fixture;
    fixture.open(peer);
    std::vector<std::shared_ptr<outcome>> outcomes;
    for (int i = 0; i != requests; ++i) outcomes.push_back(fixture.send(std::to_string(i)));
    REQUIRE(fixture.wait(outcomes));
    for (int i = 0; i != requests; ++i) {
        CHECK_FALSE(outcomes[i]->error);
        CHECK(outcomes[i]->frame.substr(4) == "answer " + std::to_string(i));
        CHECK(outcomes[i]->calls == 1);
    }
    CHECK(fixture.line->is_open());
}

TEST_CASE("frames cut in two at each byte give the same results", "[C7]") {
    const auto whole = answer_frame(2, "one") + answer_frame(3, "two");
    for (std::size_t cut = 1; cut != whole.size(); ++cut) {
        raw_peer peer{[&, cut](raw_connection& client) {
            negotiate(client);
            static_cast<void>(client.read_request());
            static_cast<void>(client.read_request());
            client.write(std::string_view{whole}.substr(0, cut));
            // The third request says that the first part was read.
            static_cast<void>(client.read_request());
            client.write(whole.substr(cut) + answer_frame(4, "three"));
            client.wait_for_close();
        }};
        line_fixture fixture;
        fixture.open(peer);
        const auto one = fixture.send();
        const auto two = fixture.send();
        const auto limit = steady_clock::now() + 5ms;
        while (steady_clock::now() < limit) fixture.io.run_for(1ms);
        const auto three = fixture.send();
        REQUIRE(fixture.wait({one, two, three}));
        CHECK(one->frame.substr(4) == "one");
        CHECK(two->frame.substr(4) == "two");
        CHECK(three->frame.substr(4) == "three");
    }
}

TEST_CASE("a connection cut after any byte of the peer fails what is pending once", "[C3]") {
    const bool with_reset = GENERATE(true, false);
    const auto negotiation = versions_answer(1);
    const auto whole = negotiation + answer_frame(2, "answer");
    for (std::size_t size = 0; size != whole.size(); ++size) {
        raw_peer peer{[&, size](raw_connection& client) {
            static_cast<void>(client.read_request());
            client.write(std::string_view{whole}.substr(0, std::min(size, negotiation.size())));
            if (size >= negotiation.size()) {
                static_cast<void>(client.read_request());
                client.write(std::string_view{whole}.substr(negotiation.size(), size - negotiation.size()));
            }
            if (with_reset) client.reset();
        }};
        line_fixture fixture;
        const auto error = fixture.connect(peer.port());
        INFO("cut after " << size << " of " << whole.size() << " bytes: " << fixture.line->cause_text());
        if (size < negotiation.size()) {
            CHECK(error == errc::connection_lost);
            continue;
        }
        REQUIRE_FALSE(error);
        const auto pending = fixture.send();
        REQUIRE(fixture.wait({pending}));
        CHECK(pending->error == errc::connection_lost);
        fixture.finish();
        CHECK(pending->calls == 1);
    }
}

TEST_CASE("a connection cut after any byte of the client fails what is pending once", "[C3]") {
    constexpr std::size_t request_bytes = 12 + 20;
    for (std::size_t size = 0; size <= request_bytes; ++size) {
        raw_peer peer{[size](raw_connection& client) {
            negotiate(client);
            static_cast<void>(client.read_bytes(size));
            client.reset();
        }};
        line_fixture fixture;
        const auto error = fixture.connect(peer.port());
        if (size == 0 && error) {
            CHECK(error == errc::connection_lost);
            continue;
        }
        REQUIRE_FALSE(error);
        const auto pending = fixture.send(std::string(20, 'x'));
        REQUIRE(fixture.wait({pending}));
        CHECK(pending->error == errc::connection_lost);
        fixture.finish();
        CHECK(pending->calls == 1);
    }
}
