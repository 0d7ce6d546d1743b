// SPDX-License-Identifier: BSL-1.0
// Members by epoch (KIP-848) against the coordinator's own machine, with requests and answers that are lost,
// members that come, go and die: no partition has two owners, no stale commit counts, and all come to rest.
#include "unit/group/member_script.hpp"

#include "testing/group_consumer.hpp"

#include <map>
#include <random>
#include <utility>

using namespace kasio_test;

namespace {

constexpr int partition_count = 6;

/// Millions of checks: Catch's own would take most of the time.
void must(bool holds) {
    if (!holds) FAIL("a group breaks its rules");
}

uuid topic_id() {
    uuid id;
    id.bytes[0] = 7;
    return id;
}

struct one_member {
    std::string id;
    std::unique_ptr<consumer_member> machine;
    member_actions wanted;
    /// On its way to the coordinator.
    std::optional<std::pair<std::uint64_t, protocol::consumer_group_heartbeat_request>> sent;
    std::optional<member_action> change;
    bool gone = false;
};

class whole_group {
public:
    explicit whole_group(unsigned seed) : random_{seed} {}

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
                if (each->gone) continue;
                end_change(*each);
                arrive(*each);
            }
            turn(100ms);
            check();
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
        auto with = plain_settings();
        with.session_timeout = 10s;
        with.max_poll_interval = 20s;
        with.seed = static_cast<unsigned>(random_());
        auto& made = members_.emplace_back(std::make_unique<one_member>());
        made->id = "m" + std::to_string(members_.size());
        made->machine = std::make_unique<consumer_member>(with, made->id, "", "");
        made->machine->on_poll(true, now_, made->wanted);
        made->machine->subscribe({"t"}, now_, made->wanted);
        pump(*made);
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
        if (some == nullptr) return add();
        switch (pick(12)) {
            case 0:
                if (alive() < 4) add();
                break;
            case 1:
                if (pick(4) == 0) {
                    some->machine->leave(group_exit::usual, now_ + 5s, now_, some->wanted);
                    pump(*some);
                }
                break;
            case 2: // it dies
                if (pick(4) == 0) some->gone = true;
                break;
            case 3:
                if (pick(3) == 0) group_.expire(some->id);
                break;
            case 4:
                if (pick(5) == 0) group_.on_moved(now_);
                break;
            case 5:
            case 6: turn(std::chrono::milliseconds{pick(pick(20) == 0 ? 15'000 : 3'000)}); break;
            case 7: commit(*some); break;
            case 8:
            case 9: end_change(*some); break;
            default: arrive(*some); break;
        }
    }
    void turn(std::chrono::milliseconds time) {
        now_ += time;
        group_.on_time(now_);
        for (auto& each : members_) {
            if (each->gone) continue;
            each->machine->on_timer(now_, each->wanted);
            must(each->machine->next_wake() > now_);
            pump(*each);
        }
    }
    void end_change(one_member& who) {
        if (!who.change) return;
        const auto done = *std::exchange(who.change, std::nullopt);
        if (done.what == kind::take) who.machine->on_taken(now_, who.wanted);
        else who.machine->on_given_up(now_, who.wanted);
        pump(who);
    }
    /// What it has sent gets there, and the answer back; or one of both is lost.
    void arrive(one_member& who) {
        if (!who.sent) return;
        const auto [ticket, request] = *std::exchange(who.sent, std::nullopt);
        protocol::consumer_group_heartbeat_response said;
        error_code lost;
        if (faults_ && pick(10) == 0) lost = errc::connection_lost;
        else said = answer(request);
        if (faults_ && pick(10) == 0) lost = errc::connection_lost;
        who.machine->on_reported(ticket, lost, said, now_, who.wanted);
        pump(who);
    }
    protocol::consumer_group_heartbeat_response answer(
        const protocol::consumer_group_heartbeat_request& request) {
        testing::consumer_beat asked;
        asked.member_id = request.member_id;
        asked.epoch = request.member_epoch;
        if (request.rebalance_timeout_ms >= 0)
            asked.rebalance_timeout = std::chrono::milliseconds{request.rebalance_timeout_ms};
        if (request.subscribed_topic_names)
            asked.topics.emplace(request.subscribed_topic_names->begin(),
                                 request.subscribed_topic_names->end());
        if (request.topic_partitions) {
            auto& owned = asked.owned.emplace();
            for (const auto& topic : *request.topic_partitions)
                for (const auto number : topic.partitions) owned.emplace(topic.topic_id, number);
        }
        // Kafka refuses a join that does not say that it has nothing.
        if (asked.epoch == 0) must((asked.owned && asked.owned->empty() && asked.rebalance_timeout));
        const auto result = group_.beat(std::move(asked), topics_, now_);
        protocol::consumer_group_heartbeat_response said;
        said.error_code = static_cast<std::int16_t>(result.error);
        said.member_epoch = result.epoch;
        said.heartbeat_interval_ms = 3'000;
        if (result.error == broker_errc::none && result.assignment) {
            auto& topic = said.assignment.emplace().topic_partitions.emplace_back();
            topic.topic_id = topic_id();
            for (const auto& [id, number] : *result.assignment) topic.partitions.push_back(number);
        }
        return said;
    }
    void commit(one_member& who) {
        const auto as = who.machine->identity();
        if (who.machine->owned().empty() || who.machine->ended() || as.generation < 0) return;
        const auto which = who.machine->owned().front();
        const auto code = group_.check_commit(as.member_id, as.generation, {topic_id(), which.partition});
        if (code != broker_errc::none) {
            ++refused_;
            const auto step = step_after_commit(static_cast<std::int16_t>(code));
            who.machine->on_commit_refused(step, code, as, now_, who.wanted);
            return pump(who);
        }
        ++accepted_;
        for (const auto& other : members_) {
            if (other.get() == &who || other->gone || !is_current(*other)) continue;
            const auto& theirs = other->machine->owned();
            must(!std::binary_search(theirs.begin(), theirs.end(), which));
        }
    }
    void pump(one_member& who) {
        while (!who.wanted.empty()) {
            const auto next = who.wanted.front();
            who.wanted.erase(who.wanted.begin());
            switch (next.what) {
                case kind::find_coordinator: who.machine->on_coordinator({}, now_, who.wanted); break;
                case kind::report: who.sent.emplace(next.ticket, who.machine->report_request()); break;
                case kind::resolve: who.machine->on_names({{topic_id(), "t"}}, now_, who.wanted); break;
                case kind::leave: {
                    error_code error = errc::connection_lost;
                    if (!faults_ || pick(4) != 0)
                        error = from_broker(answer(who.machine->leave_request()).error_code);
                    who.machine->on_left(next.ticket, error, now_, who.wanted);
                    break;
                }
                case kind::give_up:
                case kind::take:
                    must(!who.change); // one at a time
                    who.change = next;
                    break;
                case kind::hurry: who.change.reset(); break;
                case kind::gone: who.gone = true; break;
                case kind::fail: FAIL("no code is fatal here"); break;
                default: break;
            }
        }
    }

    [[nodiscard]] const testing::consumer_member* known(const one_member& who) const {
        const auto& all = group_.members();
        const auto at =
            std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.id == who.id; });
        return at == all.end() ? nullptr : &*at;
    }
    /// The group has not gone on without it: at most the last answer has not come.
    [[nodiscard]] bool is_current(const one_member& who) const {
        const auto* const there = known(who);
        const auto epoch = who.machine->epoch();
        return there != nullptr && epoch > 0 && (there->epoch == epoch || there->previous_epoch == epoch);
    }
    /// What a member owns the group has given to it, and to no other.
    void check() {
        std::map<topic_partition, const one_member*> owners;
        for (const auto& each : members_) {
            if (each->gone || !is_current(*each)) continue;
            const auto& there = *known(*each);
            for (const auto& partition : each->machine->owned()) {
                must(owners.emplace(partition, each.get()).second);
                const std::pair key{topic_id(), partition.partition};
                must((there.assigned.contains(key) || there.revoking.contains(key)));
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
        return sum == partition_count && all.size() == sum && group_.state_name() == "Stable";
    }

    std::minstd_rand random_;
    testing::group_limits limits_;
    testing::consumer_group group_{limits_, 10s};
    const testing::group_topics topics_{{"t", {topic_id(), partition_count}}};
    steady_point now_{1000s};
    std::vector<std::unique_ptr<one_member>> members_;
    bool faults_ = true;
    int accepted_ = 0;
    int refused_ = 0;
};

} // namespace

TEST_CASE("ten thousand whole groups by epoch: one owner a partition, no stale commit, rest in the end",
          "[G1][G7]") {
    int accepted = 0;
    int refused = 0;
    for (unsigned seed = 1; seed <= 10'000; ++seed) {
        CAPTURE(seed);
        whole_group group{seed};
        group.run(60);
        REQUIRE(group.settle());
        accepted += group.accepted();
        refused += group.refused();
    }
    // The faults do what they are for.
    CHECK(accepted > 1'000);
    CHECK(refused > 100);
}
