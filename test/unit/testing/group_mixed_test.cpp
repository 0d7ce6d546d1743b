// SPDX-License-Identifier: BSL-1.0
// Members of the classic protocol beside those of the other, and groups that turn from one to the other.
#include "support/catch.hpp"

#include "protocol/codec.hpp"
#include "testing/group_bytes.hpp"
#include "testing/group_table.hpp"

#include <kasio/testing/group_options.hpp>

#include <algorithm>
#include <random>

using namespace kasio;
using namespace kasio::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::int32_t partition_count = 6;

held_bytes subscription(const std::vector<std::int32_t>& owned) {
    protocol::consumer_protocol_subscription said;
    said.topics = {"t"};
    if (!owned.empty()) {
        auto& each = said.owned_partitions.emplace_back();
        each.topic = "t";
        each.partitions = owned;
    }
    protocol::outgoing_frame frame;
    REQUIRE_FALSE(protocol::encode_stored(frame, said, 1));
    std::string bytes;
    for (std::size_t at = 0; at < frame.piece_count(); ++at) bytes += bytes_view{frame.piece(at)}.view();
    return held_bytes{bytes};
}

/// A member by either protocol, as a client is: it does what it is told and knows what it has.
struct driven_member {
    std::string id;
    bool is_classic = false;
    /// Gives all up before it joins, as with range; else only what it is asked for.
    bool is_eager = false;
    std::int32_t epoch = 0;
    std::vector<std::int32_t> owned;
    bool must_join = true;
    bool is_gone = false;
};

/// One group `g`, and its members.
struct room {
    group_table table{group_options{}};
    group_topics topics;
    group_time now{};
    std::vector<driven_member> members;
    group_waiter last = 0;

    room() {
        uuid id;
        id.bytes[0] = 7;
        topics["t"] = {id, partition_count};
    }
    [[nodiscard]] group_entry& group() { return *table.find("g"); }
    driven_member& add(const std::string& id, bool is_classic, bool is_eager = false) {
        return members.emplace_back(driven_member{id, is_classic, is_eager});
    }

    std::vector<std::int32_t> numbers(const partition_set& partitions) const {
        std::vector<std::int32_t> all;
        for (const auto& each : partitions) all.push_back(each.second);
        return all;
    }
    /// Waits of a classic group are over when all members have had their turn: then it is asked again.
    void join(driven_member& who) {
        if (who.is_eager) who.owned.clear();
        classic_join asked;
        asked.member_id = who.id;
        asked.protocol_type = "consumer";
        asked.protocols.emplace_back(who.is_eager ? "range" : "cooperative-sticky", subscription(who.owned));
        if (!who.is_eager) asked.protocols.emplace_back("range", subscription(who.owned));
        asked.session_timeout = 10s;
        asked.rebalance_timeout = 60s;
        if (group_entry* const known = table.find("g"); known && known->consumer && known->has_members()) {
            const auto result = known->consumer->join(asked, topics, now);
            REQUIRE(result.error == broker_errc::none);
            CHECK(result.leader.empty());
            who.epoch = result.generation;
            return sync(who);
        }
        // Alone in a classic group, as these tests need it: it leads and takes all.
        auto& classic = *table.open_classic("g", 1).classic;
        asked.fresh_id = who.id;
        if (classic.is_deserted()) asked.member_id.clear();
        classic.join(asked, ++last, now, table.replies);
        const auto result = table.take_join(last);
        REQUIRE(result);
        REQUIRE(result->error == broker_errc::none);
        who.epoch = result->generation;
        classic_sync all;
        all.member_id = who.id;
        all.generation = who.epoch;
        partition_set everything;
        for (std::int32_t number = 0; number < partition_count; ++number)
            everything.insert({topics["t"].id, number});
        all.assignments.emplace_back(who.id, assignment_bytes(everything, topics));
        classic.sync(all, ++last, now, table.replies);
        take(who, *table.take_sync(last));
    }
    void take(driven_member& who, const sync_result& given) {
        REQUIRE(given.error == broker_errc::none);
        who.owned.clear();
        for (const auto& [topic, number] : partitions_of(given.assignment.view()))
            who.owned.push_back(number);
        who.must_join = false;
    }
    void sync(driven_member& who) {
        classic_sync asked;
        asked.member_id = who.id;
        asked.generation = who.epoch;
        const auto given = group().consumer->sync(asked, topics, now);
        if (given.error == broker_errc::rebalance_in_progress) return;
        const auto before = who.owned;
        take(who, given);
        // Cooperative: whoever has lost something joins again when it has let go of it.
        who.must_join = !std::includes(who.owned.begin(), who.owned.end(), before.begin(), before.end());
    }
    void beat_classic(driven_member& who) {
        if (who.must_join) return join(who);
        const auto error = group().consumer ? group().consumer->heartbeat(who.id, {}, who.epoch, now)
                                            : group().classic->heartbeat(who.id, {}, who.epoch, now);
        if (error == broker_errc::rebalance_in_progress) return join(who);
        REQUIRE(error == broker_errc::none);
    }
    void beat_new(driven_member& who) {
        consumer_beat asked;
        asked.member_id = who.id;
        asked.epoch = who.epoch;
        if (who.epoch == 0) {
            asked.rebalance_timeout = 60s;
            asked.topics = std::set<std::string>{"t"};
        } else {
            asked.owned.emplace();
            for (const auto number : who.owned) asked.owned->insert({topics["t"].id, number});
        }
        auto& group = table.open_consumer("g", 1, topics, now);
        const auto said = group.consumer->beat(asked, topics, now);
        REQUIRE(said.error == broker_errc::none);
        who.epoch = said.epoch;
        if (said.assignment) who.owned = numbers(*said.assignment);
    }
    void beat(driven_member& who) {
        if (who.is_classic) beat_classic(who);
        else beat_new(who);
        check();
    }
    void leave(driven_member& who) {
        who.is_gone = true;
        who.owned.clear();
        if (group().classic) {
            CHECK(group().classic->leave(who.id, {}, now, table.replies) == broker_errc::none);
        } else if (who.is_classic) {
            CHECK(group().consumer->leave(who.id, {}) == broker_errc::none);
        } else {
            consumer_beat asked;
            asked.member_id = who.id;
            asked.epoch = consumer_group::leaving;
            CHECK(group().consumer->beat(asked, topics, now).error == broker_errc::none);
        }
        table.settle_kind(
            group(), [this] { return topics; }, now);
    }
    /// Never two owners.
    void check() const {
        std::vector<std::int32_t> all;
        for (const auto& each : members) all.insert(all.end(), each.owned.begin(), each.owned.end());
        std::sort(all.begin(), all.end());
        REQUIRE(std::adjacent_find(all.begin(), all.end()) == all.end());
    }
    void rounds(int count) {
        for (; count > 0; --count)
            for (auto& each : members)
                if (!each.is_gone) beat(each);
    }
    [[nodiscard]] std::size_t shared_out() const {
        std::size_t sum = 0;
        for (const auto& each : members) sum += each.owned.size();
        return sum;
    }
};

} // namespace

TEST_CASE(
    "a classic group is turned by the first member of the new protocol, and nobody loses what stays his") {
    for (const bool is_eager : {false, true}) {
        room room;
        room.add("old", true, is_eager);
        room.rounds(1);
        REQUIRE(room.members[0].owned.size() == partition_count);
        const auto generation = room.members[0].epoch;
        room.add("new", false);
        room.beat(room.members[1]);
        REQUIRE(room.group().consumer);
        CHECK_FALSE(room.group().classic);
        CHECK(room.group().consumer->epoch() > generation);
        CHECK(room.group().consumer->is_classic("old"));
        // All of it is still the first one's.
        CHECK(room.members[1].owned.empty());
        CHECK(room.group().consumer->heartbeat("old", {}, generation, room.now) ==
              broker_errc::rebalance_in_progress);
        room.rounds(4);
        CHECK(room.members[0].owned.size() == 3);
        CHECK(room.members[1].owned.size() == 3);
        CHECK(room.group().consumer->state_name() == "Stable");
    }
}

TEST_CASE(
    "a group is classic again when the last member of the new protocol has left, or its session ended") {
    for (const bool in_silence : {false, true}) {
        room room;
        room.add("new", false);
        room.add("old", true);
        room.rounds(4);
        REQUIRE(room.members[0].owned.size() == 3);
        const auto epoch = room.group().consumer->epoch();
        if (in_silence) {
            room.members[0].is_gone = true;
            room.members[0].owned.clear();
            room.table.find("g")->consumer->expire("new");
            room.table.settle_kind(
                room.group(), [&room] { return room.topics; }, room.now);
        } else {
            room.leave(room.members[0]);
        }
        REQUIRE(room.group().classic);
        CHECK_FALSE(room.group().consumer);
        CHECK(room.group().classic->generation() == epoch);
        CHECK(room.group().classic->heartbeat("old", {}, room.members[1].epoch, room.now) ==
              broker_errc::rebalance_in_progress);
        room.members[1].must_join = true;
        room.beat(room.members[1]);
        CHECK(room.members[1].owned.size() == partition_count);
    }
}

TEST_CASE("whoever waits in a classic group that is turned is told to join again") {
    room room;
    room.add("old", true);
    room.rounds(1);
    classic_join asked;
    asked.fresh_id = "second";
    asked.protocol_type = "consumer";
    asked.protocols.emplace_back("range", subscription({}));
    asked.session_timeout = asked.rebalance_timeout = 10s;
    room.group().classic->join(asked, 99, room.now, room.table.replies);
    REQUIRE_FALSE(room.table.replies.joins.contains(99));
    room.add("new", false);
    room.beat(room.members[1]);
    REQUIRE(room.table.replies.joins.contains(99));
    CHECK(room.table.replies.joins.at(99).error == broker_errc::rebalance_in_progress);
}

TEST_CASE("classic members of a turned group are checked as in one of their own") {
    room room;
    room.add("new", false);
    room.add("old", true);
    room.rounds(4);
    auto& group = *room.group().consumer;
    const auto epoch = room.members[1].epoch;
    CHECK(group.heartbeat("old", {}, epoch - 1, room.now) == broker_errc::illegal_generation);
    CHECK(group.heartbeat("nobody", {}, epoch, room.now) == broker_errc::unknown_member_id);
    CHECK(group.heartbeat("new", {}, epoch, room.now) == broker_errc::unknown_member_id);
    CHECK(group.check_commit("old", epoch - 1, {room.topics["t"].id, 0}) == broker_errc::illegal_generation);
    CHECK(group.check_commit("old", epoch, {room.topics["t"].id, 0}) == broker_errc::none);
    classic_sync sync;
    sync.member_id = "old";
    sync.generation = epoch;
    sync.protocol = "roundrobin";
    CHECK(group.sync(sync, room.topics, room.now).error == broker_errc::inconsistent_group_protocol);
    classic_join stranger;
    stranger.member_id = "stranger";
    stranger.protocol_type = "connect";
    stranger.protocols.emplace_back("range", subscription({}));
    stranger.session_timeout = 10s;
    CHECK(group.join(stranger, room.topics, room.now).error == broker_errc::inconsistent_group_protocol);
    stranger.protocol_type = "consumer";
    stranger.protocols.front().first = "roundrobin"; // the other one has no such
    CHECK(group.join(stranger, room.topics, room.now).error == broker_errc::inconsistent_group_protocol);
    stranger.protocols.front() = {"range", held_bytes{bytes_view{"?"}}};
    CHECK(group.join(stranger, room.topics, room.now).error == broker_errc::inconsistent_group_protocol);
    stranger.protocols.front().second = subscription({});
    stranger.member_id.clear();
    stranger.fresh_id = "given";
    stranger.needs_known_id = true;
    const auto told = group.join(stranger, room.topics, room.now);
    CHECK(told.error == broker_errc::member_id_required);
    CHECK(told.member_id == "given");
    CHECK(group.leave("nobody", {}) == broker_errc::unknown_member_id);
}

TEST_CASE("a static member may come back by the other protocol; whoever held its place is fenced") {
    room room;
    room.add("new", false);
    room.rounds(1);
    auto& group = *room.group().consumer;
    classic_join asked;
    asked.fresh_id = "old";
    asked.instance_id = "i";
    asked.protocol_type = "consumer";
    asked.protocols.emplace_back("range", subscription({}));
    asked.session_timeout = asked.rebalance_timeout = 10s;
    const auto first = group.join(asked, room.topics, room.now);
    REQUIRE(first.error == broker_errc::none);
    asked.fresh_id = "older";
    const auto second = group.join(asked, room.topics, room.now);
    REQUIRE(second.error == broker_errc::none);
    CHECK(second.member_id == "older");
    CHECK(group.heartbeat("old", "i", first.generation, room.now) == broker_errc::fenced_instance_id);
    consumer_beat beat;
    beat.member_id = "newer";
    beat.instance_id = "i";
    beat.rebalance_timeout = 60s;
    beat.topics = std::set<std::string>{"t"};
    CHECK(group.beat(beat, room.topics, room.now).error == broker_errc::none);
    CHECK_FALSE(group.is_classic("newer"));
    CHECK(group.members().size() == 2);
}

TEST_CASE("a classic member that does not join again in time, or goes silent, is out") {
    for (const bool is_silent : {false, true}) {
        room room;
        room.add("new", false);
        room.add("old", true);
        room.rounds(4);
        auto& group = *room.group().consumer;
        room.topics["t"].partitions = 8;
        room.beat(room.members[0]);
        if (!is_silent) {
            CHECK(group.heartbeat("old", {}, room.members[1].epoch, room.now) ==
                  broker_errc::rebalance_in_progress);
        }
        for (int second = 0; second < 61; ++second) {
            room.now += 1s;
            if (!is_silent) static_cast<void>(group.heartbeat("old", {}, room.members[1].epoch, room.now));
            if (is_silent && second == 9) break;
            room.beat_new(room.members[0]);
            CHECK(group.members().size() == 2);
            if (second < 59) room.table.on_time([&room] { return room.topics; }, room.now);
        }
        room.table.on_time([&room] { return room.topics; }, room.now);
        CHECK(group.members().size() == 1);
    }
}

TEST_CASE("members of both protocols that come and go: never two owners, and in the end all is shared out") {
    for (std::uint32_t seed = 1; seed <= 300; ++seed) {
        CAPTURE(seed);
        std::mt19937 random{seed};
        room room;
        room.add("m0", false);
        room.rounds(1);
        for (int step = 0; step < 60; ++step) {
            auto& any = room.members[random() % room.members.size()];
            const auto here = std::count_if(room.members.begin(), room.members.end(),
                                            [](const auto& each) { return !each.is_gone; });
            if (random() % 8 == 0 && here < 6) {
                room.add("m" + std::to_string(room.members.size()), random() % 2 == 0, random() % 2 == 0);
                room.beat(room.members.back());
            } else if (random() % 12 == 0 && !any.is_gone && any.id != "m0") {
                room.leave(any); // the first stays, and with it the protocol
            } else if (!any.is_gone) {
                room.beat(any);
            }
        }
        room.rounds(12);
        CHECK(room.shared_out() == partition_count);
        CHECK(room.group().consumer->state_name() == "Stable");
    }
}
