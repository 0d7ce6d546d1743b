// SPDX-License-Identifier: BSL-1.0
// Members of one group against the coordinator's own machine, with answers that are late or lost, members
// that come, go and die: no partition has two owners in one generation, no stale commit counts, and all come
// to rest.
#include "unit/group/member_script.hpp"

#include "group/leader_duties.hpp"
#include "testing/group_classic.hpp"

#include <deque>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <utility>

using namespace kasio_test;

namespace {

constexpr int partition_count = 6;

/// One member, its line to the coordinator, and the hooks it runs.
struct one_member {
    std::unique_ptr<classic_member> machine;
    member_actions wanted;
    /// Requests that wait at the coordinator, by what they are waited for with.
    std::map<testing::group_waiter, member_action> waiting;
    std::optional<member_action> change;
    bool gone = false;
};

class whole_group {
public:
    explicit whole_group(unsigned seed) : random_{seed}, cooperative_{seed % 2 == 0} {
        limits_.max_session_timeout = std::chrono::hours{1};
    }

    void run(int steps) {
        for (int step = 0; step < steps; ++step) {
            disturb();
            check();
        }
    }
    /// False when it does not come to rest, with every partition owned once.
    bool settle() {
        faults_ = false;
        for (int round = 0; round < 1'000; ++round) {
            if (alive() == 0) add(); // the last may have been about to leave
            for (auto& each : members_) {
                // Who was away for too long is back.
                if (!each->gone) each->machine->on_poll(true, now_, each->wanted);
                serve(*each, false);
            }
            turn(100ms);
            check();
            if (round % 300 == 299) time_out_all();
            if (rested()) return true;
        }
        return false;
    }
    [[nodiscard]] int accepted() const noexcept { return accepted_; }
    [[nodiscard]] int refused() const noexcept { return refused_; }

private:
    int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
    [[nodiscard]] int alive() const {
        return static_cast<int>(
            std::count_if(members_.begin(), members_.end(), [](const auto& each) { return !each->gone; }));
    }

    void add() {
        std::vector<std::shared_ptr<assignor>> assignors;
        if (!cooperative_) assignors.push_back(range_assignor());
        assignors.push_back(cooperative_sticky_assignor());
        auto with = plain_settings();
        with.session_timeout = 10s;
        with.max_poll_interval = 20s;
        with.seed = static_cast<unsigned>(random_());
        auto& made = members_.emplace_back(std::make_unique<one_member>());
        made->machine = std::make_unique<classic_member>(with, std::move(assignors));
        made->machine->on_poll(true, now_, made->wanted);
        made->machine->subscribe({"t"}, now_, made->wanted);
        pump(*made, false);
    }
    one_member* any() {
        std::vector<one_member*> all;
        for (auto& each : members_) {
            if (!each->gone) all.push_back(each.get());
        }
        return all.empty() ? nullptr : all[static_cast<std::size_t>(pick(static_cast<int>(all.size())))];
    }

    void disturb() {
        auto* const some = any();
        switch (pick(14)) {
            case 0:
                if (alive() < 4) add();
                break;
            case 1:
                if (some && pick(3) == 0) leave(*some);
                break;
            case 2: // it dies
                if (some && pick(4) == 0) {
                    for (const auto& [who, what] : some->waiting) group_.abandon(who);
                    some->gone = true;
                }
                break;
            case 3:
                if (some && pick(4) == 0) group_.expire(some->machine->identity().member_id, now_, replies_);
                break;
            case 4:
                if (pick(10) == 0) group_.on_moved(now_, replies_);
                break;
            case 5:
            case 6: turn(std::chrono::milliseconds{pick(pick(25) == 0 ? 15'000 : 1'500)}); break;
            case 7:
                if (some) commit(*some);
                break;
            default:
                if (some) serve(*some, true);
                break;
        }
        if (pick(2) == 0) deliver(true);
    }
    /// No request waits for ever: its connection's time is up at some point.
    void time_out_all() {
        for (auto& each : members_) {
            for (const auto& [waiter, what] : std::exchange(each->waiting, {})) {
                group_.abandon(waiter);
                if (!each->gone) lose(*each, what);
            }
        }
    }
    void leave(one_member& who) {
        who.machine->leave(group_exit::usual, now_ + 5s, now_, who.wanted);
        pump(who, true);
    }
    void turn(std::chrono::milliseconds time) {
        now_ += time;
        group_.on_time(now_, replies_);
        deliver(false);
        for (auto& each : members_) {
            if (each->gone) continue;
            each->machine->on_timer(now_, each->wanted);
            REQUIRE(each->machine->next_wake() > now_);
            pump(*each, faults_);
        }
    }
    /// Commits go a line of their own: as who one is when it is sent, whenever it arrives.
    void commit(one_member& who) {
        if (who.machine->owned().empty() || who.machine->ended()) return;
        const auto as = who.machine->identity();
        const auto which = who.machine->owned().front();
        const auto code = group_.check_commit(as.member_id, as.instance_id, as.generation, false, now_);
        if (code == broker_errc::none) {
            ++accepted_;
            REQUIRE(as.generation == group_.generation());
            for (const auto& other : members_) {
                if (other.get() == &who || other->gone || other->machine->generation() != as.generation)
                    continue;
                const auto& theirs = other->machine->owned();
                REQUIRE_FALSE(std::binary_search(theirs.begin(), theirs.end(), which));
            }
            return;
        }
        ++refused_;
        const auto step = step_after_commit(static_cast<std::int16_t>(code));
        if (step == commit_step::not_member) who.machine->on_commit_refused(step, code, as, now_, who.wanted);
    }

    /// Does what one member wants, at once; with `faults` some requests are lost.
    void pump(one_member& who, bool faults) {
        while (!who.wanted.empty()) {
            const auto next = who.wanted.front();
            who.wanted.erase(who.wanted.begin());
            switch (next.what) {
                case kind::find_coordinator: who.machine->on_coordinator({}, now_, who.wanted); break;
                case kind::give_up:
                case kind::take: who.change = next; break;
                case kind::hurry: who.change.reset(); break;
                case kind::gone: who.gone = true; break;
                case kind::fail: FAIL("no code is fatal here"); break;
                case kind::join:
                case kind::sync:
                case kind::heartbeat:
                case kind::leave:
                    if (faults && pick(12) == 0) lose(who, next);
                    else send(who, next);
                    break;
                default: break;
            }
        }
    }
    /// Its hook is done.
    void serve(one_member& who, bool faults) {
        if (who.change) {
            const auto done = *std::exchange(who.change, std::nullopt);
            if (done.what == kind::take) who.machine->on_taken(now_, who.wanted);
            else who.machine->on_given_up(now_, who.wanted);
        }
        pump(who, faults);
    }
    void lose(one_member& who, const member_action& what) {
        auto& machine = *who.machine;
        const error_code lost = errc::connection_lost;
        if (what.what == kind::join) machine.on_joined(what.ticket, lost, {}, now_, who.wanted);
        else if (what.what == kind::sync) machine.on_synced(what.ticket, lost, {}, now_, who.wanted);
        else if (what.what == kind::heartbeat) machine.on_heartbeat(what.ticket, lost, 0, now_, who.wanted);
        else machine.on_left(what.ticket, lost, now_, who.wanted);
    }
    void send(one_member& who, const member_action& what) {
        auto& machine = *who.machine;
        const auto waiter = ++last_waiter_;
        if (what.what == kind::join) {
            std::vector<std::string> space;
            const auto request = machine.join_request(space);
            testing::classic_join asked;
            asked.member_id = request.member_id;
            asked.protocol_type = request.protocol_type;
            for (const auto& each : request.protocols)
                asked.protocols.emplace_back(each.name, testing::held_bytes{each.metadata});
            asked.session_timeout = std::chrono::milliseconds{request.session_timeout_ms};
            asked.rebalance_timeout = std::chrono::milliseconds{request.rebalance_timeout_ms};
            asked.needs_known_id = true;
            asked.fresh_id = "m" + std::to_string(waiter);
            who.waiting.emplace(waiter, what);
            group_.join(std::move(asked), waiter, now_, replies_);
        } else if (what.what == kind::sync) {
            const auto request = machine.sync_request();
            testing::classic_sync asked;
            asked.member_id = request.member_id;
            asked.generation = request.generation_id;
            asked.protocol_type = request.protocol_type;
            asked.protocol = request.protocol_name;
            if (machine.has_duties()) {
                leader_duties duties{joined_[&who]};
                REQUIRE_FALSE(duties.share_out(*machine.agreed(), {topic_layout{"t", partition_count}}));
                for (const auto& [id, bytes] : duties.assignments())
                    asked.assignments.emplace_back(id, testing::held_bytes{bytes});
            }
            who.waiting.emplace(waiter, what);
            group_.sync(asked, waiter, now_, replies_);
        } else if (what.what == kind::heartbeat) {
            const auto request = machine.heartbeat_request();
            const auto code = group_.heartbeat(request.member_id, {}, request.generation_id, now_);
            machine.on_heartbeat(what.ticket, {}, static_cast<std::int16_t>(code), now_, who.wanted);
        } else {
            const auto code = group_.leave(machine.leaving_as().member_id, {}, now_, replies_);
            machine.on_left(what.ticket, from_broker(static_cast<std::int16_t>(code)), now_, who.wanted);
        }
    }
    /// Answers that are ready; some never arrive.
    void deliver(bool faults) {
        auto ready = std::exchange(replies_, {});
        for (auto& each : members_) {
            const auto waiting = each->waiting; // what is answered makes it ask again
            for (const auto& [waiter, what] : waiting) {
                const auto join = ready.joins.find(waiter);
                const auto sync = ready.syncs.find(waiter);
                if (join == ready.joins.end() && sync == ready.syncs.end()) continue;
                each->waiting.erase(waiter);
                if (each->gone) continue;
                if (faults && pick(15) == 0) lose(*each, what);
                else if (join != ready.joins.end()) joined(*each, what, join->second);
                else synced(*each, what, sync->second);
                pump(*each, faults);
            }
        }
    }
    void joined(one_member& who, const member_action& what, const testing::join_result& result) {
        protocol::join_group_response said;
        said.error_code = static_cast<std::int16_t>(result.error);
        said.generation_id = result.generation;
        said.protocol_name = result.protocol;
        said.leader = result.leader;
        said.member_id = result.member_id;
        kept_ = result.members;
        for (const auto& each : kept_) {
            auto& member = said.members.emplace_back();
            member.member_id = each.id;
            bytes_.push_back(each.metadata);
            member.metadata = bytes_.back().view();
        }
        joined_[&who] = said;
        who.machine->on_joined(what.ticket, {}, said, now_, who.wanted);
    }
    void synced(one_member& who, const member_action& what, const testing::sync_result& result) {
        protocol::sync_group_response said;
        said.error_code = static_cast<std::int16_t>(result.error);
        said.protocol_name = result.protocol;
        said.assignment = result.assignment.view();
        who.machine->on_synced(what.ticket, {}, said, now_, who.wanted);
    }

    /// In one generation each partition has one owner.
    void check() {
        std::map<std::pair<std::int32_t, topic_partition>, const one_member*> owners;
        for (const auto& each : members_) {
            if (each->gone || each->machine->generation() < 0) continue;
            // Who is joining has told what it owns, and has it taken away before another gets it.
            for (const auto& partition : each->machine->owned()) {
                const auto key = std::pair{each->machine->generation(), partition};
                REQUIRE(owners.emplace(key, each.get()).second);
            }
        }
    }
    [[nodiscard]] bool rested() const {
        partition_set all;
        std::size_t sum = 0;
        for (const auto& each : members_) {
            if (each->gone) continue;
            if (!each->machine->stable() || each->change) return false;
            sum += each->machine->owned().size();
            all = plus(all, each->machine->owned());
        }
        return sum == partition_count && all.size() == sum &&
               group_.state() == testing::classic_group::phase::stable;
    }

    std::minstd_rand random_;
    bool cooperative_;
    testing::group_limits limits_;
    testing::classic_group group_{limits_};
    testing::group_replies replies_;
    steady_point now_{1000s};
    std::vector<std::unique_ptr<one_member>> members_;
    std::map<const one_member*, protocol::join_group_response> joined_;
    std::vector<testing::join_result::member> kept_;
    std::deque<testing::held_bytes> bytes_;
    testing::group_waiter last_waiter_ = 0;
    bool faults_ = true;
    int accepted_ = 0;
    int refused_ = 0;
};

} // namespace

TEST_CASE("whole groups under faults: one owner a partition, no stale commit, rest in the end", "[G1][G5]") {
    int accepted = 0;
    int refused = 0;
    for (unsigned seed = 1; seed <= 2'000; ++seed) {
        CAPTURE(seed);
        whole_group group{seed};
        group.run(150);
        REQUIRE(group.settle());
        accepted += group.accepted();
        refused += group.refused();
    }
    // The faults do what they are for.
    CHECK(accepted > 1'000);
    CHECK(refused > 100);
}
