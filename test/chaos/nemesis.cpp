// SPDX-License-Identifier: BSL-1.0
// What goes wrong meanwhile.
#include "chaos/trial.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/testing/groups.hpp>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace chaos {

namespace {

using kasio::broker_errc;
using kasio::testing::any_node;
using kasio::testing::api;
using kasio::testing::request_action;

/// One node of the cluster, by chance, and how to describe what is done to it.
class nemesis {
public:
    nemesis(trial& world, std::uint64_t seed, std::vector<api> apis)
        : world_{world},
          cluster_{world.cluster},
          groups_{cluster_},
          luck_{seed},
          apis_{std::move(apis)},
          knows_groups_{std::find(apis_.begin(), apis_.end(), api::heartbeat) != apis_.end()} {}

    [[nodiscard]] std::chrono::milliseconds rest() { return luck_.milliseconds(0, 12); }

    void strike() {
        mend();
        if (knows_groups_ && luck_.one_in(4)) return strike_group();
        switch (luck_.between(1, 16)) {
            case 1:
            case 2:
            case 3:
            case 4:
            case 5: return spoil_requests();
            case 6:
            case 7: return move_leader();
            case 8: return cut();
            case 9: return lie_about_metadata();
            case 10: return kill();
            case 11: return pause();
            case 12: return change_versions();
            case 13: return throttle();
            case 14: cluster_.close_connections(node()); return tell("close connections");
            default: return;
        }
    }

private:
    int node() { return luck_.one_in(3) ? any_node : one_node(); }
    int one_node() { return luck_.between(1, cluster_.node_count()); }
    void tell(std::string text) {
        world_.log.note({.process = "nemesis", .what = "fault", .text = std::move(text)});
    }

    /// Most of the time on what the workload is about.
    api some_api() {
        if (!luck_.one_in(4)) return apis_.front();
        return apis_[static_cast<std::size_t>(luck_.between(0, static_cast<int>(apis_.size()) - 1))];
    }

    broker_errc some_error(api which) {
        if (which == api::produce)
            return luck_.any_of({broker_errc::not_leader_or_follower, broker_errc::request_timed_out,
                                 broker_errc::not_enough_replicas,
                                 broker_errc::not_enough_replicas_after_append,
                                 broker_errc::fenced_leader_epoch, broker_errc::kafka_storage_error,
                                 broker_errc::corrupt_message, broker_errc::unknown_server_error,
                                 broker_errc::leader_not_available, broker_errc::topic_authorization_failed});
        if (which == api::fetch)
            return luck_.any_of({broker_errc::not_leader_or_follower, broker_errc::fenced_leader_epoch,
                                 broker_errc::unknown_leader_epoch, broker_errc::kafka_storage_error,
                                 broker_errc::fetch_session_id_not_found,
                                 broker_errc::invalid_fetch_session_epoch, broker_errc::replica_not_available,
                                 broker_errc::unknown_server_error});
        if (which == api::metadata)
            return luck_.any_of({broker_errc::leader_not_available, broker_errc::unknown_server_error});
        if (which == api::init_producer_id)
            return luck_.any_of({broker_errc::coordinator_load_in_progress,
                                 broker_errc::coordinator_not_available, broker_errc::request_timed_out});
        if (which == api::list_offsets)
            return luck_.any_of({broker_errc::not_leader_or_follower, broker_errc::leader_not_available,
                                 broker_errc::unknown_leader_epoch, broker_errc::offset_not_available});
        return knows_groups_ ? some_group_error(which) : broker_errc::none;
    }

    /// What all of the group's apis may say, and what one of them does.
    broker_errc some_group_error(api which) {
        const auto common =
            luck_.any_of({broker_errc::coordinator_load_in_progress, broker_errc::coordinator_not_available,
                          broker_errc::not_coordinator});
        if (which == api::find_coordinator) return broker_errc::coordinator_not_available;
        if (which == api::offset_fetch) return luck_.any_of({common, broker_errc::unstable_offset_commit});
        if (which == api::join_group) return luck_.any_of({common, broker_errc::unknown_member_id});
        if (which == api::consumer_group_heartbeat)
            return luck_.any_of({common, broker_errc::unknown_member_id, broker_errc::fenced_member_epoch});
        if (which == api::leave_group) return common;
        if (which == api::sync_group || which == api::heartbeat || which == api::offset_commit)
            return luck_.any_of({common, broker_errc::unknown_member_id, broker_errc::illegal_generation,
                                 broker_errc::rebalance_in_progress});
        return broker_errc::none;
    }

    /// The coordinator moves, or takes a member for dead.
    void strike_group() {
        const std::string id = group_id;
        if (luck_.one_in(2)) {
            const int to = one_node();
            if (dead_.contains(to)) return;
            groups_.move_coordinator(id, to);
            return tell("coordinator is " + std::to_string(to));
        }
        const auto group = groups_.find(id);
        if (!group || group->members.empty()) return;
        const auto which =
            static_cast<std::size_t>(luck_.between(0, static_cast<int>(group->members.size()) - 1));
        const auto& victim = group->members[which].id;
        try {
            groups_.expire_session(id, victim);
        } catch (const std::invalid_argument&) {
            return; // it has left since
        }
        tell("throw out " + victim);
    }

    void spoil_requests() {
        const auto which = some_api();
        request_action action;
        std::string how;
        const auto delay = luck_.milliseconds(1, static_cast<int>(longest_delay.count()));
        switch (luck_.between(1, 9)) {
            case 1:
                action.close = true;
                how = "close at";
                break;
            case 2:
                action.drop = true;
                how = "drop";
                break;
            case 3:
                action.drop_answer = true;
                how = "drop the answer of";
                break;
            case 4:
                action.delay = delay;
                how = "delay";
                break;
            case 5:
                action.delay_answer = delay;
                how = "delay the answer of";
                break;
            case 6:
                action.cut_answer_after = static_cast<std::size_t>(luck_.between(0, 60));
                how = "cut the answer of";
                break;
            default:
                action.error = some_error(which);
                how = "fail with " + std::to_string(static_cast<int>(action.error));
        }
        const int times = luck_.between(1, 3);
        const int where = node();
        cluster_.next(which, action, times, where);
        tell(how + " api " + std::to_string(static_cast<int>(which)) + ", times " + std::to_string(times) +
             ", node " + std::to_string(where));
    }

    std::pair<std::string, int> some_partition() {
        const auto& [topic, partitions] = world_.topics[static_cast<std::size_t>(
            luck_.between(0, static_cast<int>(world_.topics.size()) - 1))];
        return {topic, luck_.between(0, partitions - 1)};
    }

    void move_leader() {
        const auto [topic, partition] = some_partition();
        const int to = one_node();
        if (dead_.contains(to)) return;
        const int from = cluster_.leader(topic, partition);
        const auto epoch = cluster_.leader_epoch(topic, partition);
        cluster_.move_leader(topic, partition, to);
        // Sometimes metadata has not heard of it for a while.
        if (from > 0 && luck_.one_in(2))
            cluster_.show_leader(topic, partition, from, epoch, luck_.between(1, 4));
        tell("leader of " + topic + "/" + std::to_string(partition) + " is " + std::to_string(to));
    }

    void cut() {
        const auto bytes = static_cast<std::size_t>(luck_.between(1, 400));
        if (luck_.one_in(2)) {
            cluster_.cut_next_request(apis_.front(), bytes, 1, node());
            return tell("cut a request after " + std::to_string(bytes));
        }
        const auto side =
            luck_.one_in(2) ? kasio::testing::cut_side::request : kasio::testing::cut_side::answer;
        cluster_.cut_next_connection(side, bytes, luck_.between(1, 2), node());
        tell("cut a connection after " + std::to_string(bytes));
    }

    void lie_about_metadata() {
        const auto [topic, partition] = some_partition();
        const int answers = luck_.between(1, 3);
        switch (luck_.between(1, 4)) {
            case 1: cluster_.hide_brokers(answers); return tell("hide the brokers");
            case 2: cluster_.hide_partitions(topic, answers); return tell("hide the partitions of " + topic);
            case 3: cluster_.hide_topic(topic, answers); return tell("hide " + topic);
            default:
                cluster_.show_partition_error(topic, partition, broker_errc::leader_not_available, answers);
                return tell("show no leader of " + topic + "/" + std::to_string(partition));
        }
    }

    void kill() {
        const int victim = one_node();
        if (static_cast<int>(dead_.size()) + 1 >= cluster_.node_count() || paused_ != 0) return;
        cluster_.kill_node(victim);
        dead_.insert(victim);
        tell("kill " + std::to_string(victim));
    }

    void pause() {
        if (paused_ != 0 || !dead_.empty()) return;
        paused_ = one_node();
        cluster_.pause_node(paused_);
        tell("pause " + std::to_string(paused_));
    }

    /// What was broken for a while.
    void mend() {
        if (!dead_.empty() && luck_.one_in(4)) {
            cluster_.revive_node(*dead_.begin());
            tell("revive " + std::to_string(*dead_.begin()));
            dead_.erase(dead_.begin());
        }
        if (paused_ != 0 && luck_.one_in(4)) {
            cluster_.resume_node(paused_);
            tell("resume " + std::to_string(paused_));
            paused_ = 0;
        }
    }

    void change_versions() {
        const auto most = static_cast<std::int16_t>(luck_.between(7, 12));
        const auto which = luck_.any_of({api::produce, api::fetch});
        cluster_.set_versions(which, 3, most, node());
        tell("api " + std::to_string(static_cast<int>(which)) + " up to version " + std::to_string(most));
    }

    void throttle() {
        const auto time = luck_.milliseconds(1, 60);
        cluster_.throttle_next(apis_.front(), time, luck_.between(1, 3), node());
        tell("throttle for " + std::to_string(time.count()) + " ms");
    }

    trial& world_;
    kasio::testing::broker& cluster_;
    kasio::testing::groups groups_;
    chance luck_;
    const std::vector<api> apis_;
    const bool knows_groups_;
    std::set<int> dead_;
    int paused_ = 0;
};

} // namespace

asio::awaitable<void> trial::torment(std::vector<api> apis) {
    nemesis harm{*this, luck_.seed(), std::move(apis)};
    while (!healed) {
        harm.strike();
        co_await pause(harm.rest());
    }
}

} // namespace chaos
