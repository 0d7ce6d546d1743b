// SPDX-License-Identifier: BSL-1.0
#include "partitions.hpp"

#include "consumer/offset_round.hpp"

#include <kasio/broker_error.hpp>

using namespace kasio_test;

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
