// SPDX-License-Identifier: BSL-1.0
// What the tests of the members' machines share: a clock that is turned by hand, and what they wanted done.
#pragma once

#include "group/classic_member.hpp"
#include "group/consumer_member.hpp"
#include "group/member_bytes.hpp"

#include "support/catch.hpp"

#include <kasio/broker_error.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace kasio_test {

using namespace kasio;
using namespace std::chrono_literals;
using kind = member_action::kind;
using steady_point = std::chrono::steady_clock::time_point;

inline partition_set partitions(const std::string& topic, std::initializer_list<std::int32_t> numbers) {
    partition_set all;
    for (const auto number : numbers) all.push_back({topic, number});
    return all;
}

inline member_settings plain_settings() {
    member_settings with;
    with.group_id = "g";
    return with;
}

/// The last of a kind that was asked for, and the counts of all.
class wishes {
public:
    member_actions all;

    [[nodiscard]] int count(kind what) const {
        return static_cast<int>(
            std::count_if(all.begin(), all.end(), [what](const auto& each) { return each.what == what; }));
    }
    [[nodiscard]] const member_action* last(kind what) const {
        const auto place =
            std::find_if(all.rbegin(), all.rend(), [what](const auto& each) { return each.what == what; });
        return place == all.rend() ? nullptr : &*place;
    }
    [[nodiscard]] bool told(const error_code& cause) const {
        return std::any_of(all.begin(), all.end(),
                           [&](const auto& each) { return each.what == kind::tell && each.cause == cause; });
    }
    void clear() { all.clear(); }
};

/// A classic member, its broker played by hand.
class classic_script {
public:
    steady_point now{1000s};
    wishes out;
    std::unique_ptr<classic_member> member;

    explicit classic_script(bool cooperative = false, member_settings with = plain_settings()) {
        std::vector<std::shared_ptr<assignor>> assignors;
        if (!cooperative) assignors.push_back(range_assignor());
        assignors.push_back(cooperative_sticky_assignor());
        member = std::make_unique<classic_member>(std::move(with), std::move(assignors));
        name = cooperative ? "cooperative-sticky" : "range";
    }
    std::string name;

    [[nodiscard]] std::uint64_t ticket(kind what) const {
        const auto* const last = out.last(what);
        REQUIRE(last != nullptr);
        return last->ticket;
    }
    void subscribe(std::vector<std::string> topics = {"t"}) {
        member->subscribe(std::move(topics), now, out.all);
    }
    void found(error_code error = {}) { member->on_coordinator(error, now, out.all); }
    [[nodiscard]] protocol::join_group_response generation(std::int32_t number, bool leads = false) const {
        protocol::join_group_response said;
        said.generation_id = number;
        said.protocol_name = name;
        said.member_id = "m";
        said.leader = leads ? "m" : "other";
        return said;
    }
    void joined(const protocol::join_group_response& said) {
        member->on_joined(ticket(kind::join), {}, said, now, out.all);
    }
    void join_refused(std::int16_t code, std::string id = {}) {
        protocol::join_group_response said;
        said.error_code = code;
        said.member_id = std::move(id);
        joined(said);
    }
    void synced(const partition_set& given) {
        member_assignment mine;
        mine.partitions = by_topic(given);
        const auto bytes = encode_assignment(mine);
        protocol::sync_group_response said;
        said.assignment = bytes;
        member->on_synced(ticket(kind::sync), {}, said, now, out.all);
    }
    void sync_refused(std::int16_t code) {
        protocol::sync_group_response said;
        said.error_code = code;
        member->on_synced(ticket(kind::sync), {}, said, now, out.all);
    }
    void beaten(std::int16_t code = 0, error_code error = {}) {
        member->on_heartbeat(ticket(kind::heartbeat), error, code, now, out.all);
    }
    void given_up() { member->on_given_up(now, out.all); }
    void taken() { member->on_taken(now, out.all); }
    void pass(std::chrono::milliseconds time) {
        now += time;
        member->on_timer(now, out.all);
    }
    void polls(bool waiting = true) { member->on_poll(waiting, now, out.all); }
    /// Subscribed, joined, synced, with these partitions.
    void become_stable(const partition_set& given, std::int32_t number = 1) {
        polls();
        subscribe();
        found();
        joined(generation(number));
        synced(given);
        if (!given.empty()) taken();
        REQUIRE(member->stable());
        out.clear();
    }
};

} // namespace kasio_test
