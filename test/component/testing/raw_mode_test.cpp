// SPDX-License-Identifier: BSL-1.0
// Scripted bytes from a node of the cluster.
#include "component/testing/raw_client.hpp"
#include "component/testing/requests.hpp"
#include "support/catch.hpp"

using namespace kasio;
using namespace kasio::testing;
using namespace std::chrono_literals;

namespace {

std::string length(char last_byte) { return std::string(3, '\0') + last_byte; }

} // namespace

TEST_CASE("raw bytes take the place of an answer, and the request has no effect") {
    broker cluster;
    request_action action;
    action.raw_answer = length(7) + "nothing";
    cluster.next(api::metadata, action);
    raw_client client{cluster.port(1)};
    client.send(metadata("made-by-asking"), 4);
    REQUIRE(client.receive_frame() == raw_client::ending::answered);
    CHECK(client.frame() == "nothing");
    CHECK_FALSE(cluster.has_topic("made-by-asking"));
    CHECK(client.ask(metadata("made-by-asking"), 4).brokers.size() == 1);
}

TEST_CASE("raw bytes can end with a reset, and answer requests that the cluster does not know") {
    broker cluster;
    cluster.on_request([](const request_record& request) -> std::optional<request_action> {
        if (static_cast<int>(request.api) != 99) return std::nullopt;
        request_action action;
        action.raw_answer = "abcdef";
        action.cut_answer_after = 4;
        return action;
    });
    raw_client client{cluster.port(1)};
    client.send_bytes(std::string{"\0\0\0\x0a\0\x63\0\0\0\0\0\x01\xff\xff", 14});
    CHECK(client.drain() == 4);
}

TEST_CASE("a greeting comes before anything was asked, on as many connections as wanted") {
    broker cluster;
    cluster.greet_next_connection(length(5) + "hello", 2);
    for (int i = 0; i < 2; ++i) {
        raw_client greeted{cluster.port(1)};
        REQUIRE(greeted.receive_frame() == raw_client::ending::answered);
        CHECK(greeted.frame() == "hello");
        CHECK(greeted.ask(metadata("t"), 4).brokers.size() == 1);
    }
    raw_client silent{cluster.port(1), 50ms};
    CHECK(silent.receive_frame() == raw_client::ending::silent);
}

TEST_CASE("an answer that goes out byte by byte takes its time, and those behind it wait") {
    broker cluster;
    request_action action;
    action.byte_interval = 3ms;
    action.raw_answer = length(20) + std::string(20, 'x');
    cluster.next(api::metadata, action);
    raw_client client{cluster.port(1)};
    const auto start = std::chrono::steady_clock::now();
    client.send(metadata("t"), 4);
    client.send(metadata("t"), 4);
    REQUIRE(client.receive_frame() == raw_client::ending::answered);
    CHECK(std::chrono::steady_clock::now() - start >= 23 * 3ms);
    CHECK(client.frame() == std::string(20, 'x'));
    CHECK(client.receive<protocol::metadata_response>(4).brokers.size() == 1);
}
