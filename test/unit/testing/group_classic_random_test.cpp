// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include "testing/group_classic.hpp"

#include <random>

using namespace kasio;
using namespace kasio::testing;
using namespace std::chrono_literals;

namespace {

constexpr int partitions = 8;

/// Clients that follow the protocol, one step at a time, against one group.
class crowd {
public:
    explicit crowd(unsigned seed) : random_{seed} {}

    void step() {
        const auto chance = random_() % 20;
        if (clients_.empty() || chance == 0) clients_.emplace_back();
        else if (chance == 1) leave();
        else if (chance == 2) die(clients_.begin() + any());
        else if (chance == 3) pass(std::chrono::milliseconds{random_() % 4000});
        else act(clients_[static_cast<std::size_t>(any())]);
    }
    /// Nobody comes or goes any more; time passes as long as heartbeats keep everyone in.
    void settle() {
        for (int round = 0; round < 60; ++round) {
            for (int again = 0; again < 4; ++again)
                for (client& each : clients_) act(each);
            pass(1s);
        }
    }
    /// Of each generation that some believe in: no partition twice.
    [[nodiscard]] bool is_disjoint() const {
        std::map<std::int32_t, std::set<int>> owned;
        for (const client& each : clients_)
            for (const int partition : each.owned)
                if (!owned[each.generation].insert(partition).second) return false;
        return true;
    }
    void check_settled() const {
        if (clients_.empty()) return;
        std::size_t count = 0;
        for (const client& each : clients_) {
            CHECK(each.generation == group_.generation());
            count += each.owned.size();
        }
        CHECK(group_.members().size() == clients_.size());
        CHECK(group_.state() == classic_group::phase::stable);
        CHECK(count == partitions);
        CHECK(replies_.joins.empty());
        CHECK(replies_.syncs.empty());
    }

private:
    struct client {
        std::string id;
        std::int32_t generation = -1;
        std::string leader;
        std::vector<std::string> to_assign;
        std::vector<int> owned;
        bool wants_join = true;
        bool wants_sync = false;
        std::optional<group_waiter> joining;
        std::optional<group_waiter> syncing;
    };

    [[nodiscard]] std::ptrdiff_t any() { return static_cast<std::ptrdiff_t>(random_() % clients_.size()); }

    void pass(std::chrono::milliseconds time) {
        now_ += time;
        group_.on_time(now_, replies_);
    }
    void leave() {
        const auto at = clients_.begin() + any();
        static_cast<void>(group_.leave(at->id, std::nullopt, now_, replies_));
        die(at);
    }
    /// Only time tells the group.
    void die(std::vector<client>::iterator at) {
        if (at->joining) forget(*at->joining);
        if (at->syncing) forget(*at->syncing);
        clients_.erase(at);
    }
    void forget(group_waiter who) {
        replies_.joins.erase(who);
        replies_.syncs.erase(who);
        group_.abandon(who);
    }

    void act(client& one) {
        if (one.joining) return take_join(one);
        if (one.syncing) return take_sync(one);
        if (one.wants_join) return join(one);
        if (one.wants_sync) return sync(one);
        learn(one, group_.heartbeat(one.id, std::nullopt, one.generation, now_));
    }
    void learn(client& one, broker_errc error) {
        if (error == broker_errc::none) return;
        one.wants_join = true;
        one.wants_sync = false;
        if (error == broker_errc::unknown_member_id) one.id.clear();
        if (error != broker_errc::rebalance_in_progress) one.owned.clear();
    }
    void join(client& one) {
        one.owned.clear();
        classic_join asked;
        asked.member_id = one.id;
        asked.fresh_id = "m" + std::to_string(last_);
        asked.needs_known_id = true;
        asked.protocol_type = "consumer";
        asked.protocols.emplace_back("range", held_bytes{});
        asked.session_timeout = 10s;
        asked.rebalance_timeout = 20s;
        one.joining = ++last_;
        group_.join(std::move(asked), last_, now_, replies_);
    }
    void take_join(client& one) {
        auto found = replies_.joins.extract(*one.joining);
        if (found.empty()) return;
        one.joining.reset();
        const join_result& result = found.mapped();
        if (result.error == broker_errc::member_id_required) one.id = result.member_id;
        if (result.error != broker_errc::none) {
            if (result.error == broker_errc::unknown_member_id) one.id.clear();
            return;
        }
        one.id = result.member_id;
        one.generation = result.generation;
        one.leader = result.leader;
        one.wants_join = false;
        one.wants_sync = true;
        one.to_assign.clear();
        for (const auto& member : result.members) one.to_assign.push_back(member.id);
    }
    void sync(client& one) {
        classic_sync asked;
        asked.member_id = one.id;
        asked.generation = one.generation;
        std::map<std::string, std::string> given;
        for (int i = 0; i < partitions && one.leader == one.id && !one.to_assign.empty(); ++i)
            given[one.to_assign[static_cast<std::size_t>(i) % one.to_assign.size()]] +=
                static_cast<char>('0' + i);
        for (const auto& [id, bytes] : given)
            asked.assignments.emplace_back(id, held_bytes{bytes_view{bytes}});
        one.syncing = ++last_;
        group_.sync(asked, last_, now_, replies_);
    }
    void take_sync(client& one) {
        auto found = replies_.syncs.extract(*one.syncing);
        if (found.empty()) return;
        one.syncing.reset();
        one.wants_sync = false;
        learn(one, found.mapped().error);
        if (found.mapped().error != broker_errc::none) return;
        one.owned.clear();
        for (const char number : found.mapped().assignment.view().view()) one.owned.push_back(number - '0');
    }

    std::mt19937 random_;
    group_limits limits_;
    classic_group group_{limits_};
    group_replies replies_;
    group_time now_{};
    group_waiter last_ = 0;
    std::vector<client> clients_;
};

} // namespace

TEST_CASE("however members of a classic group come and go, no partition has two owners, and all settles") {
    for (unsigned seed = 0; seed < 300; ++seed) {
        INFO("seed " << seed);
        crowd crowd{seed};
        for (int i = 0; i < 200; ++i) {
            crowd.step();
            REQUIRE(crowd.is_disjoint());
        }
        crowd.settle();
        crowd.check_settled();
    }
}
