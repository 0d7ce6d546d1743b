// SPDX-License-Identifier: BSL-1.0
#include "group/commit_list.hpp"

#include "support/catch.hpp"

#include <kasio/broker_error.hpp>

#include <map>

using namespace kasio;

namespace {

protocol::offset_commit_response answer(const std::string& topic,
                                        const std::vector<std::pair<std::int32_t, std::int16_t>>& codes) {
    protocol::offset_commit_response said;
    auto& of = said.topics.emplace_back();
    of.name = topic;
    for (const auto& [partition, code] : codes) {
        auto& each = of.partitions.emplace_back();
        each.partition_index = partition;
        each.error_code = code;
    }
    return said;
}

group_identity member() {
    group_identity as;
    as.group_id = "g";
    as.generation = 7;
    as.member_id = "m";
    return as;
}

} // namespace

TEST_CASE("every code in an answer to a commit has its consequence, unknown ones are tried again", "[G1]") {
    const std::map<int, commit_step> table{
        {0, commit_step::done},         {3, commit_step::again},       {14, commit_step::again},
        {88, commit_step::again},       {100, commit_step::again},     {7, commit_step::find_again},
        {15, commit_step::find_again},  {16, commit_step::find_again}, {27, commit_step::rejoining},
        {113, commit_step::rejoining},  {22, commit_step::not_member}, {25, commit_step::not_member},
        {110, commit_step::not_member}, {82, commit_step::replaced},
    };
    for (int code = -1; code <= 200; ++code) {
        CAPTURE(code);
        const auto step = step_after_commit(static_cast<std::int16_t>(code));
        if (const auto row = table.find(code); row != table.end()) CHECK(step == row->second);
        else if (code < 0 || code > 136) CHECK(step == commit_step::again);
        else
            CHECK(step == (is_retriable(from_broker(static_cast<std::int16_t>(code))) ? commit_step::again
                                                                                      : commit_step::fail));
    }
    CHECK(step_after_commit(12) == commit_step::fail);
    CHECK(step_after_commit(30) == commit_step::fail);
}

TEST_CASE("a commit names each partition once, the last offset counts, and says as whom") {
    commit_list list{{{{"b", 1}, 5}, {{"a", 0}, 3, "note"}, {{"b", 0}, 4}, {{"b", 1}, 9}}};
    const auto request = list.commit_request(member());
    CHECK(request.group_id == "g");
    CHECK(request.generation_id_or_member_epoch == 7);
    CHECK(request.member_id == "m");
    REQUIRE(request.topics.size() == 2);
    CHECK(request.topics[0].name == "a");
    CHECK(request.topics[0].partitions[0].committed_metadata == "note");
    REQUIRE(request.topics[1].partitions.size() == 2);
    CHECK(request.topics[1].partitions[1].committed_offset == 9);
}

TEST_CASE("what an answer settles is not sent again, what it leaves out is") {
    commit_list list{{{{"t", 0}, 1}, {{"t", 1}, 1}, {{"t", 2}, 1}, {{"t", 3}, 1}}};
    auto verdict = list.on_commit_answer(answer("t", {{0, 0}, {1, 12}, {2, 14}, {9, 25}}));
    CHECK(verdict.step == commit_step::again);
    CHECK(verdict.cause == broker_errc::coordinator_load_in_progress);
    const auto request = list.commit_request(member());
    REQUIRE(request.topics.size() == 1);
    REQUIRE(request.topics[0].partitions.size() == 2);
    CHECK(request.topics[0].partitions[0].partition_index == 2);
    // A second answer for one that is settled changes nothing.
    verdict = list.on_commit_answer(answer("t", {{0, 25}, {2, 0}}));
    CHECK(verdict.step == commit_step::again);
    CHECK(verdict.cause == errc::malformed_response);
    verdict = list.on_commit_answer(answer("t", {{3, 0}}));
    CHECK(verdict.step == commit_step::done);
    CHECK_FALSE(list.open());
    CHECK(list.outcome() == broker_errc::offset_metadata_too_large);
    CHECK_FALSE(list.items()[0].error);
    CHECK(list.items()[1].error == broker_errc::offset_metadata_too_large);
}

TEST_CASE("of several codes the gravest counts") {
    commit_list list{{{{"t", 0}, 1}, {{"t", 1}, 1}, {{"t", 2}, 1}}};
    CHECK(list.on_commit_answer(answer("t", {{0, 14}, {1, 25}, {2, 16}})).step == commit_step::not_member);
    CHECK(list.on_commit_answer(answer("t", {{0, 82}, {1, 25}, {2, 16}})).step == commit_step::replaced);
}

TEST_CASE("committed offsets are asked for in both shapes, and a missing partition has none") {
    auto as = member();
    as.by_epoch = true;
    commit_list list{{{{"t", 0}, -1}, {{"t", 1}, -1}}};
    const auto old = list.fetch_request(as, true, 6);
    CHECK(old.group_id == "g");
    CHECK_FALSE(old.require_stable);
    CHECK(old.topics->front().partition_indexes == std::vector<std::int32_t>{0, 1});
    const auto fresh = list.fetch_request(as, true, 9);
    CHECK(fresh.require_stable);
    REQUIRE(fresh.groups.size() == 1);
    CHECK(fresh.groups[0].member_id == "m");
    CHECK(fresh.groups[0].member_epoch == 7);
    protocol::offset_fetch_response said;
    auto& group = said.groups.emplace_back();
    group.group_id = "g";
    auto& topic = group.topics.emplace_back();
    topic.name = "t";
    topic.partitions.resize(2);
    topic.partitions[0].committed_offset = 42;
    topic.partitions[0].committed_leader_epoch = 3;
    topic.partitions[0].metadata = "note";
    topic.partitions[1].partition_index = 1;
    topic.partitions[1].error_code = 3;
    CHECK(list.on_fetch_answer(said, "g").step == commit_step::done);
    CHECK(list.items()[0].offset == 42);
    CHECK(list.items()[0].leader_epoch == 3);
    CHECK(list.items()[0].metadata == "note");
    CHECK(list.items()[1].offset == -1);
    CHECK_FALSE(list.items()[1].error);
    commit_list refused{{{{"t", 0}, -1}}};
    said.groups[0].topics.clear();
    said.groups[0].error_code = 30;
    CHECK(refused.on_fetch_answer(said, "g").step == commit_step::done);
    CHECK(refused.outcome() == broker_errc::group_authorization_failed);
}

TEST_CASE("topics go by id where all ids are known, and answers are read by them") {
    const uuid one{{1, 2}};
    const uuid two{{3, 4}};
    std::map<std::string, uuid> known{{"a", one}};
    const auto id_of = [&](const std::string& topic) { return known[topic]; };
    commit_list list{{{{"a", 0}, 3}, {{"b", 0}, 4}}};
    CHECK(list.note_ids(id_of) == commit_list::highest_by_name);
    known["b"] = two;
    CHECK(list.keep_ids(id_of) == commit_list::highest_by_name);
    CHECK(list.commit_request(member()).topics[1].topic_id == uuid{});
    CHECK(list.note_ids(id_of) == commit_list::highest_by_id);
    CHECK(list.commit_request(member()).topics[1].topic_id == two);
    CHECK((*list.fetch_request(member(), true, 10).groups[0].topics)[0].topic_id == one);
    auto said = answer("", {{0, 0}});
    said.topics[0].topic_id = two;
    CHECK(list.on_commit_answer(said).step == commit_step::again);
    CHECK_FALSE(list.settled(0));
    CHECK(list.settled(1));
    // An id that was not asked for says nothing.
    said.topics[0].topic_id = uuid{{7, 7}};
    CHECK(list.on_commit_answer(said).step == commit_step::again);
    // A topic that took the name is another one.
    known["a"] = uuid{{5, 6}};
    CHECK(list.keep_ids(id_of) == commit_list::highest_by_id);
    CHECK(list.items()[0].error == broker_errc::unknown_topic_id);
    CHECK_FALSE(list.open());
}
