// SPDX-License-Identifier: BSL-1.0
#include "producer/produce_round.hpp"

#include "support/catch.hpp"

#include <kasio/messages/produce.hpp>

using namespace kasio;

namespace {

produce_round round_of(std::vector<std::pair<std::string_view, std::int32_t>> partitions) {
    produce_round round;
    for (const auto& [topic, partition] : partitions) round.items.push_back({nullptr, topic, partition, {}});
    return round;
}

void say(protocol::produce_response& answer, const std::string& topic, std::int32_t partition,
         std::int16_t error, std::int64_t offset) {
    auto& responses = answer.responses;
    if (responses.empty() || responses.back().name != topic) responses.emplace_back().name = topic;
    auto& said = responses.back().partition_responses.emplace_back();
    said.index = partition;
    said.error_code = error;
    said.base_offset = offset;
}

} // namespace

TEST_CASE("an answer is matched by topic and partition, in whatever order it comes", "[P12]") {
    const auto round = round_of({{"a", 0}, {"a", 1}, {"b", 0}});
    protocol::produce_response answer;
    say(answer, "b", 0, 0, 30);
    say(answer, "a", 1, 6, -1);
    say(answer, "a", 0, 0, 10);
    const auto outcomes = match_answer(round, answer);
    REQUIRE(outcomes.size() == 3);
    CHECK(outcomes[0]->base_offset == 10);
    CHECK(outcomes[1]->error == 6);
    CHECK(outcomes[2]->base_offset == 30);
}

TEST_CASE("a partition the answer leaves out has no outcome", "[P12]") {
    const auto round = round_of({{"a", 0}, {"a", 1}});
    protocol::produce_response answer;
    say(answer, "a", 1, 0, 7);
    const auto outcomes = match_answer(round, answer);
    CHECK_FALSE(outcomes[0].has_value());
    CHECK(outcomes[1]->base_offset == 7);
}

TEST_CASE("of a repeated partition the first entry counts, and unknown ones are passed over", "[P12]") {
    const auto round = round_of({{"a", 0}});
    protocol::produce_response answer;
    say(answer, "z", 0, 0, 99);
    say(answer, "a", 5, 0, 98);
    say(answer, "a", 0, 0, 1);
    say(answer, "a", 0, 3, 2);
    const auto outcomes = match_answer(round, answer);
    CHECK(outcomes[0]->error == 0);
    CHECK(outcomes[0]->base_offset == 1);
}

TEST_CASE("an answer to an empty round gives nothing", "[P12]") {
    protocol::produce_response answer;
    say(answer, "a", 0, 0, 1);
    CHECK(match_answer(produce_round{}, answer).empty());
}

TEST_CASE("by topic id a topic made anew is another one", "[P12][M4]") {
    auto round = round_of({{"a", 0}, {"a", 1}});
    CHECK_FALSE(round.has_ids());
    const uuid id{{1}};
    const uuid former{{2}};
    for (auto& item : round.items) item.topic_id = id;
    CHECK(round.has_ids());
    protocol::produce_response answer;
    say(answer, "", 0, 0, 5);
    answer.responses.back().topic_id = former;
    say(answer, "x", 1, 0, 6);
    answer.responses.back().topic_id = id;
    round.by_id = true;
    const auto outcomes = match_answer(round, answer);
    CHECK_FALSE(outcomes[0].has_value());
    CHECK(outcomes[1]->base_offset == 6);
}

TEST_CASE("records that the broker blames come in order, once each, with its words", "[P11]") {
    const auto round = round_of({{"a", 0}});
    protocol::produce_response answer;
    say(answer, "a", 0, 87, -1);
    auto& said = answer.responses.back().partition_responses.back();
    said.error_message = "rejected";
    for (const auto index : {3, 1, 3}) {
        auto& blamed = said.record_errors.emplace_back();
        blamed.batch_index = index;
        if (index == 1) blamed.batch_index_error_message = "no key";
    }
    const auto outcome = match_answer(round, answer)[0];
    CHECK(outcome->blamed == std::vector<std::int32_t>{1, 3});
    CHECK(outcome->text == "rejected; record 1: no key");
}
