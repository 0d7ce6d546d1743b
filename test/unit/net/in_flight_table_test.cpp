// SPDX-License-Identifier: BSL-1.0
#include "net/in_flight_table.hpp"

#include "support/catch.hpp"

#include <string>

using namespace kasio;
using namespace std::chrono_literals;

namespace {

using table = in_flight_table<std::string>;
const table::time_point start{};

std::uint64_t add(table& requests, std::string name, std::chrono::seconds deadline = 30s,
                  bool expects_reply = true) {
    in_flight_info info;
    info.api_key = 3;
    info.version = 12;
    info.deadline = start + deadline;
    info.expects_reply = expects_reply;
    return requests.add(info, std::move(name));
}

std::uint64_t add_sent(table& requests, std::string name, std::chrono::seconds deadline = 30s) {
    const auto id = add(requests, std::move(name), deadline);
    requests.on_writing();
    requests.on_written(id);
    return id;
}

std::string names(const std::vector<table::entry>& entries) {
    std::string all;
    for (const auto& entry : entries) all += entry.payload;
    return all;
}

} // namespace

TEST_CASE("a request goes from queued over writing to waiting and is answered") {
    table requests;
    const auto id = add(requests, "a");
    CHECK(requests.state(id) == in_flight_state::queued);
    requests.on_writing();
    CHECK(requests.state(id) == in_flight_state::writing);
    CHECK_FALSE(requests.on_written(id));
    CHECK(requests.state(id) == in_flight_state::waiting);
    CHECK(requests.size() == 1);

    auto result = requests.on_answer(table::correlation_id(id));
    REQUIRE(result.matched);
    REQUIRE(result.answered);
    CHECK(result.answered->payload == "a");
    CHECK(result.answered->info.api_key == 3);
    CHECK(result.answered->info.version == 12);
    CHECK(requests.empty());
    CHECK_FALSE(requests.state(id));
}

TEST_CASE("answers are matched in the order of the requests") {
    table requests;
    const auto a = add_sent(requests, "a");
    const auto b = add_sent(requests, "b");
    CHECK(requests.oldest()->id == a);
    CHECK_FALSE(requests.on_answer(table::correlation_id(b)).matched);
    CHECK(requests.on_answer(table::correlation_id(a)).answered->payload == "a");
    CHECK(requests.on_answer(table::correlation_id(b)).answered->payload == "b");
}

TEST_CASE("an answer with a wrong correlation id or with nothing in flight matches nothing", "[C9]") {
    table requests;
    CHECK_FALSE(requests.on_answer(1).matched);
    const auto id = add_sent(requests, "a");
    CHECK_FALSE(requests.on_answer(table::correlation_id(id) + 1).matched);
    CHECK(requests.size() == 1);
    CHECK(requests.on_answer(table::correlation_id(id)).matched);
    CHECK_FALSE(requests.on_answer(table::correlation_id(id)).matched);
    CHECK(requests.oldest() == nullptr);
}

TEST_CASE("an answer to a request that was not sent matches nothing", "[C9]") {
    table requests;
    const auto id = add(requests, "a");
    CHECK_FALSE(requests.on_answer(table::correlation_id(id)).matched);
    CHECK(requests.state(id) == in_flight_state::queued);
}

TEST_CASE("an answer may overtake the confirmation of its own write") {
    table requests;
    const auto id = add(requests, "a");
    requests.on_writing();
    CHECK(requests.on_answer(table::correlation_id(id)).answered->payload == "a");
    CHECK_FALSE(requests.on_written(id));
    CHECK(requests.empty());
}

TEST_CASE("a request without an answer ends when it is written and never enters the waiting line", "[P14]") {
    table requests;
    const auto silent = add(requests, "silent", 30s, false);
    const auto asking = add(requests, "asking");
    requests.on_writing();
    requests.on_writing();
    CHECK(requests.state(silent) == in_flight_state::writing);
    CHECK(requests.oldest()->id == asking);
    auto written = requests.on_written(silent);
    REQUIRE(written);
    CHECK(written->payload == "silent");
    CHECK_FALSE(requests.on_written(asking));
    CHECK(requests.on_answer(table::correlation_id(asking)).answered->payload == "asking");
    CHECK(requests.empty());
}

TEST_CASE("abandoning a queued request withdraws it") {
    table requests;
    add(requests, "a");
    const auto b = add(requests, "b");
    const auto c = add(requests, "c");
    auto result = requests.abandon(b);
    CHECK(result.withdrawn);
    REQUIRE(result.payload);
    CHECK(*result.payload == "b");
    CHECK(requests.size() == 2);
    CHECK_FALSE(requests.abandon(b).payload);
    CHECK(requests.state(c) == in_flight_state::queued);
}

TEST_CASE("abandoning a request that is being written or waits keeps its place and swallows its answer") {
    table requests;
    const auto a = add(requests, "a");
    requests.on_writing();
    const bool written_before = GENERATE(false, true);
    if (written_before) requests.on_written(a);
    const auto b = add_sent(requests, "b");

    auto result = requests.abandon(a);
    CHECK_FALSE(result.withdrawn);
    CHECK(*result.payload == "a");
    CHECK(requests.state(a) == in_flight_state::abandoned);
    CHECK_FALSE(requests.abandon(a).payload);
    if (!written_before) requests.on_written(a);
    CHECK(requests.state(a) == in_flight_state::abandoned);

    auto late = requests.on_answer(table::correlation_id(a));
    CHECK(late.matched);
    CHECK_FALSE(late.answered);
    CHECK(requests.on_answer(table::correlation_id(b)).answered->payload == "b");
}

TEST_CASE("abandoning a request without an answer while it is written ends it silently", "[P14]") {
    table requests;
    const auto id = add(requests, "a", 30s, false);
    requests.on_writing();
    auto result = requests.abandon(id);
    CHECK_FALSE(result.withdrawn);
    CHECK(*result.payload == "a");
    CHECK_FALSE(requests.on_written(id));
    CHECK(requests.empty());
}

TEST_CASE("abandoning what was answered does nothing") {
    table requests;
    const auto id = add_sent(requests, "a");
    requests.on_answer(table::correlation_id(id));
    auto result = requests.abandon(id);
    CHECK_FALSE(result.withdrawn);
    CHECK_FALSE(result.payload);
    CHECK_FALSE(requests.abandon(77).payload);
}

TEST_CASE("the earliest deadline is found wherever its request stands", "[C5]") {
    table requests;
    CHECK_FALSE(requests.earliest_deadline());
    const auto a = add_sent(requests, "a", 20s);
    CHECK(*requests.earliest_deadline() == start + 20s);
    const auto b = add(requests, "b", 10s, false);
    CHECK(*requests.earliest_deadline() == start + 10s);
    requests.on_writing();
    CHECK(*requests.earliest_deadline() == start + 10s);
    requests.on_written(b);
    CHECK(*requests.earliest_deadline() == start + 20s);
    add(requests, "c", 5s);
    CHECK(*requests.earliest_deadline() == start + 5s);
    requests.abandon(a);
    CHECK(requests.withdraw_expired(start + 5s).size() == 1);
    // An abandoned request still waits for its answer.
    CHECK(*requests.earliest_deadline() == start + 20s);
}

TEST_CASE("a request that was handed to the socket expires at its deadline, abandoned or not", "[C5]") {
    table requests;
    add_sent(requests, "a", 20s);
    const auto b = add_sent(requests, "b", 10s);
    CHECK(requests.expired(start + 10s - 1ns) == nullptr);
    REQUIRE(requests.expired(start + 10s) != nullptr);
    CHECK(requests.expired(start + 10s)->id == b);
    requests.abandon(b);
    CHECK(requests.expired(start + 10s)->id == b);

    table silent;
    add(silent, "a", 10s, false);
    CHECK(silent.expired(start + 10s) == nullptr);
    silent.on_writing();
    CHECK(silent.expired(start + 10s) != nullptr);
}

TEST_CASE("what runs out of time before it is written is withdrawn alone") {
    table requests;
    const auto sent = add_sent(requests, "s", 1s);
    add(requests, "a", 10s);
    const auto b = add(requests, "b", 30s);
    add(requests, "c", 5s);
    CHECK(names(requests.withdraw_expired(start + 10s)) == "ac");
    CHECK(requests.state(b) == in_flight_state::queued);
    CHECK(requests.state(sent) == in_flight_state::waiting);
    CHECK(requests.withdraw_expired(start + 10s).empty());
}

TEST_CASE("when the connection ends all that somebody waits for is given back, oldest first") {
    table requests;
    add_sent(requests, "a");
    const auto b = add_sent(requests, "b");
    add(requests, "c", 30s, false);
    requests.on_writing();
    add(requests, "d");
    requests.on_writing();
    add(requests, "e", 30s, false);
    requests.on_writing();
    add(requests, "f");
    requests.abandon(b);
    auto ended = requests.fail_all();
    CHECK(names(ended) == "acdef");
    CHECK(ended.back().state == in_flight_state::queued);
    CHECK(ended.front().state == in_flight_state::waiting);
    CHECK(requests.empty());
    CHECK(requests.fail_all().empty());
}

TEST_CASE("correlation ids stay positive and go on after 2^31 requests") {
    CHECK(table::correlation_id(1) == 1);
    CHECK(table::correlation_id(0x7fff'ffffU) == 0x7fff'ffff);
    CHECK(table::correlation_id(0x8000'0000U) == 0);
    CHECK(table::correlation_id(0x1'0000'0005U) == 5);
}

TEST_CASE("a table keeps its order over many rounds") {
    table requests;
    std::vector<std::uint64_t> open;
    std::size_t answered = 0;
    for (int round = 0; round < 1000; ++round) {
        open.push_back(add_sent(requests, std::to_string(round)));
        if (round % 7 < 3) continue;
        auto result = requests.on_answer(table::correlation_id(open[answered]));
        REQUIRE(result.answered);
        CHECK(result.answered->payload == std::to_string(answered));
        ++answered;
    }
    CHECK(requests.size() == open.size() - answered);
    CHECK(requests.state(open[answered]) == in_flight_state::waiting);
    CHECK_FALSE(requests.state(open[answered - 1]));
}

TEST_CASE("a request whose id was reserved earlier may be added after younger ones are done", "[A4]") {
    table requests;
    const auto first = requests.reserve();
    const auto second = requests.reserve();
    const auto between = add_sent(requests, "between");
    CHECK(second < between);
    CHECK(requests.on_answer(table::correlation_id(between)).answered);
    in_flight_info info;
    CHECK(requests.add(info, "first", first) == first);
    CHECK(requests.add(info, "second", second) == second);
    CHECK(requests.abandon(second).withdrawn);
    requests.on_writing();
    CHECK(requests.on_answer(table::correlation_id(first)).answered->payload == "first");
    CHECK(requests.empty());
}
