// SPDX-License-Identifier: BSL-1.0
#include "batches.hpp"

#include "consumer/fetch_round.hpp"
#include "consumer/offset_round.hpp"

#include <kasio/broker_error.hpp>

using namespace kasio_test;
using time_point = fetched_partition::time_point;

namespace {

std::shared_ptr<fetched_partition> partition(const std::string& topic, int number, std::int64_t offset = 0) {
    auto position = std::make_shared<partition_position>(std::make_shared<const std::string>(topic), number);
    position->where = partition_position::stage::known;
    position->offset = offset;
    auto made = std::make_shared<fetched_partition>(position);
    made->version = position->version;
    made->buffer.reset(offset);
    made->topic_id.bytes[0] = static_cast<std::uint8_t>(topic[0]);
    return made;
}

const time_point now{std::chrono::hours{1}};

} // namespace

TEST_CASE("each code has its consequence, and unknown ones wait") {
    const std::vector<std::pair<int, fetch_step>> rows{
        {0, fetch_step::take},     {1, fetch_step::out_of_range}, {2, fetch_step::stop},
        {3, fetch_step::refresh},  {5, fetch_step::refresh},      {6, fetch_step::refresh},
        {9, fetch_step::refresh},  {29, fetch_step::tell},        {56, fetch_step::refresh},
        {74, fetch_step::refresh}, {75, fetch_step::later},       {76, fetch_step::stop},
        {78, fetch_step::refresh}, {100, fetch_step::refresh},    {103, fetch_step::refresh},
        {-1, fetch_step::later},   {7, fetch_step::later},        {43, fetch_step::stop},
        {999, fetch_step::later},  {42, fetch_step::later},
    };
    for (const auto& [code, step] : rows) {
        CAPTURE(code);
        CHECK(step_after(static_cast<std::int16_t>(code)) == step);
    }
}

TEST_CASE("a partition is fetched unless something speaks against it") {
    const std::vector<std::pair<const char*, std::function<void(fetched_partition&)>>> against{
        {"position not known", [](auto& p) { p.position->where = partition_position::stage::unknown; }},
        {"stopped", [](auto& p) { p.position->where = partition_position::stage::stopped; }},
        {"paused", [](auto& p) { p.position->paused = true; }},
        {"given up", [](auto& p) { p.position->assigned = false; }},
        {"backing off", [](auto& p) { p.retry_at = now + std::chrono::seconds{1}; }},
        {"sought meanwhile", [](auto& p) { ++p.position->version; }},
        {"enough fetched",
         [](auto& p) {
             const auto frame = frame_of({make_batch({.value_size = 200})});
             p.buffer.add(frame, *frame, {});
         }},
        {"broken",
         [](auto& p) {
             const auto frame = frame_of({bytes(100)});
             p.buffer.add(frame, *frame, {});
         }},
    };
    const auto good = partition("t", 0, 42);
    for (const auto& [name, spoil] : against) {
        CAPTURE(name);
        const auto bad = partition("t", 1);
        CHECK(plan_fetch({bad, good}, now, 100).items.size() == 2);
        spoil(*bad);
        const auto round = plan_fetch({bad, good}, now, 100);
        REQUIRE(round.items.size() == 1);
        CHECK(round.items[0].partition == good);
        CHECK(round.items[0].offset == 42);
        CHECK(round.items[0].version == good->position->version);
    }
}

TEST_CASE("topic ids are used only when all are known") {
    const auto with_id = partition("t", 0);
    const auto without = partition("u", 0);
    without->topic_id = {};
    CHECK(plan_fetch({with_id}, now, 1).ids_known);
    CHECK_FALSE(plan_fetch({with_id, without}, now, 1).ids_known);
}

TEST_CASE("those that brought records go to the end") {
    std::vector<std::shared_ptr<fetched_partition>> order;
    for (int i = 0; i < 5; ++i) order.push_back(partition("t", i));
    const auto first = order;
    rotate_served(order, {first[3].get(), first[0].get()});
    CHECK(order == std::vector{first[1], first[2], first[4], first[0], first[3]});
    rotate_served(order, {});
    CHECK(order == std::vector{first[1], first[2], first[4], first[0], first[3]});
}

TEST_CASE("a request names each topic once in a row, with offset, epoch and limit") {
    const auto a0 = partition("a", 0, 5);
    a0->leader_epoch = 3;
    const auto round = plan_fetch({a0, partition("a", 1, 6), partition("b", 0, 7)}, now, 1);
    protocol::fetch_request request;
    name_partitions(request, round, 1000);
    REQUIRE(request.topics.size() == 2);
    CHECK(request.topics[0].topic == "a");
    CHECK(request.topics[0].topic_id == a0->topic_id);
    REQUIRE(request.topics[0].partitions.size() == 2);
    CHECK(request.topics[0].partitions[0].fetch_offset == 5);
    CHECK(request.topics[0].partitions[0].current_leader_epoch == 3);
    CHECK(request.topics[0].partitions[0].last_fetched_epoch == -1);
    CHECK(request.topics[0].partitions[0].partition_max_bytes == 1000);
    CHECK(request.topics[0].partitions[1].partition == 1);
    CHECK(request.topics[1].topic == "b");
}

TEST_CASE("an answer is matched with what its request named, in any order, extras left aside", "[F13]") {
    for (const bool by_id : {false, true}) {
        CAPTURE(by_id);
        const auto a0 = partition("a", 0);
        const auto round = plan_fetch({a0, partition("a", 1), partition("b", 0), partition("b", 1)}, now, 1);
        // Metadata changed meanwhile.
        a0->topic_id.bytes[5] = 9;
        protocol::fetch_response answer;
        const auto say = [&](const char* topic, int number, std::int64_t mark) {
            auto& said = answer.responses.emplace_back();
            if (by_id) said.topic_id.bytes[0] = static_cast<std::uint8_t>(topic[0]);
            else said.topic = topic;
            auto& what = said.partitions.emplace_back();
            what.partition_index = number;
            what.high_watermark = mark;
        };
        say("b", 1, 11);
        say("a", 0, 12);
        say("z", 0, 13);
        say("a", 0, 14);
        say("b", 0, 15);
        const auto matched = match_answer(round, answer, by_id);
        REQUIRE(matched.size() == 4);
        REQUIRE(matched[0] != nullptr);
        CHECK(matched[0]->high_watermark == 12);
        CHECK(matched[1] == nullptr);
        CHECK(matched[2]->high_watermark == 15);
        CHECK(matched[3]->high_watermark == 11);
    }
}

TEST_CASE("offsets are asked for and answered in the same way") {
    offset_round round;
    round.items = {{partition("a", 0), 1, -1}, {partition("a", 1), 1, -2}, {partition("b", 0), 1, 77}};
    protocol::list_offsets_request request;
    name_partitions(request, round);
    REQUIRE(request.topics.size() == 2);
    CHECK(request.topics[0].partitions[1].timestamp == -2);
    CHECK(request.topics[1].partitions[0].timestamp == 77);
    protocol::list_offsets_response answer;
    auto& b = answer.topics.emplace_back();
    b.name = "b";
    b.partitions.emplace_back().offset = 5;
    b.partitions.emplace_back().offset = 6;
    const auto matched = match_answer(round, answer);
    CHECK(matched[0] == nullptr);
    CHECK(matched[1] == nullptr);
    REQUIRE(matched[2] != nullptr);
    CHECK(matched[2]->offset == 5);
}
