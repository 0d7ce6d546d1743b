// SPDX-License-Identifier: BSL-1.0
// Members against brokers, hooks and callers who do anything, in any order: what never happens, and that they
// come to rest once the others behave.
#include "unit/group/member_script.hpp"

#include <kasio/broker_error.hpp>

#include <map>
#include <random>

using namespace kasio_test;

namespace {

constexpr int sequences = 10'000;
constexpr int steps = 60;

/// Plays everybody else, at random, and holds each wish against what was before.
class classic_chaos {
public:
    explicit classic_chaos(unsigned seed) : random_{seed}, with_{pick(2) == 0} {
        with_.polls();
        with_.subscribe();
        look();
    }

    void run() {
        for (int step = 0; step < steps; ++step) {
            disturb();
            look();
        }
    }
    /// False when it does not come to rest.
    bool settle() {
        with_.polls();
        look();
        for (int round = 0; round < 300; ++round) {
            if (with_.member->ended() || (with_.member->stable() && idle())) return true;
            behave();
            look();
            if (idle()) {
                with_.now += 1100ms;
                with_.member->on_timer(with_.now, with_.out.all);
                look();
            }
        }
        return false;
    }

private:
    int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
    [[nodiscard]] bool idle() const { return asked_.empty() && !changing_; }

    /// What was wished for since the last look.
    void look() {
        auto wanted = std::exchange(with_.out.all, {});
        for (auto& each : wanted) {
            const auto& member = *with_.member;
            switch (each.what) {
                case kind::join:
                    // What is being taken away is not told as owned.
                    REQUIRE_FALSE(changing_);
                    if (member.protocol() == rebalance_protocol::eager) REQUIRE(held_.empty());
                    break;
                case kind::sync: REQUIRE(member.generation() == joined_); break;
                case kind::heartbeat: REQUIRE(joined_ >= 0); break;
                case kind::give_up:
                    if (!failed_) REQUIRE_FALSE(changing_);
                    REQUIRE(minus(each.partitions, held_).empty());
                    if (each.lost) held_ = minus(held_, each.partitions);
                    leaving_ = each.partitions;
                    changing_ = true;
                    gives_up_ = true;
                    break;
                case kind::take:
                    REQUIRE_FALSE(changing_);
                    REQUIRE(minus(each.partitions, held_) == each.partitions);
                    held_ = plus(held_, each.partitions);
                    changing_ = true;
                    gives_up_ = false;
                    break;
                case kind::hurry:
                    if (gives_up_) held_ = minus(held_, leaving_);
                    changing_ = false;
                    break;
                case kind::fail: failed_ = true; break;
                case kind::find_coordinator: finding_ = true; break;
                default: break;
            }
            if (each.what == kind::join || each.what == kind::sync || each.what == kind::heartbeat)
                asked_.push_back(each);
        }
        if (!failed_) REQUIRE(with_.member->owned() == held_);
    }
    void answer(std::size_t which, error_code error, std::int16_t code) {
        const auto what = asked_[which];
        asked_.erase(asked_.begin() + static_cast<std::ptrdiff_t>(which));
        auto& member = *with_.member;
        const auto before = member.generation();
        if (what.what == kind::join) {
            auto said = with_.generation(generation_ + 1, pick(3) == 0);
            said.error_code = code;
            if (code == 0) ++generation_;
            member.on_joined(what.ticket, error, said, with_.now, with_.out.all);
        } else if (what.what == kind::sync) {
            member_assignment mine;
            partition_set given;
            for (int number = 0; number < 4; ++number) {
                if (pick(2) == 0) given.push_back({"t", number});
            }
            mine.partitions = by_topic(given);
            const auto bytes = pick(30) == 0 ? std::string{"x"} : encode_assignment(mine);
            protocol::sync_group_response said;
            said.error_code = code;
            said.assignment = bytes;
            member.on_synced(what.ticket, error, said, with_.now, with_.out.all);
        } else {
            member.on_heartbeat(what.ticket, error, code, with_.now, with_.out.all);
        }
        // A generation comes from a join that was answered, or goes.
        if (member.generation() != before && member.generation() >= 0) {
            REQUIRE(what.what == kind::join);
            REQUIRE(member.generation() == generation_);
        }
        joined_ = member.generation();
    }
    void disturb() {
        static const std::vector<std::int16_t> codes{0,  0,  0,  0,  0,  14, 15,  16,
                                                     22, 25, 27, 27, 79, -1, 999, 56};
        auto& member = *with_.member;
        switch (pick(9)) {
            case 0:
            case 1:
            case 2:
                if (asked_.empty()) break;
                if (pick(6) == 0) answer(0, errc::connection_lost, 0);
                else answer(0, {}, codes[static_cast<std::size_t>(pick(static_cast<int>(codes.size())))]);
                break;
            case 3:
                if (std::exchange(finding_, false))
                    with_.found(pick(4) == 0 ? error_code{broker_errc::coordinator_not_available}
                                             : error_code{});
                break;
            case 4:
                if (changing_ && pick(2) == 0) end_change();
                break;
            case 5: with_.now += std::chrono::milliseconds{pick(pick(20) == 0 ? 400'000 : 4'000)}; break;
            case 6: with_.polls(pick(3) != 0); break;
            case 7:
                if (pick(4) == 0)
                    with_.subscribe(pick(2) == 0 ? std::vector<std::string>{"t"}
                                                 : std::vector<std::string>{"t", "u"});
                break;
            default:
                if (pick(6) == 0) {
                    auto said = member.identity();
                    if (pick(2) == 0) --said.generation;
                    const auto hope =
                        member.on_commit_refused(commit_step::not_member, broker_errc::illegal_generation,
                                                 said, with_.now, with_.out.all);
                    // Refused for an older generation it is no news; for this one the member is none.
                    if (!hope) REQUIRE(member.generation() == -1);
                }
                break;
        }
        joined_ = member.generation();
        look();
        with_.member->on_timer(with_.now, with_.out.all);
        // Whatever was due has been done: nobody wakes for nothing.
        REQUIRE(with_.member->next_wake() > with_.now);
        joined_ = member.generation();
    }
    void end_change() {
        changing_ = false;
        if (gives_up_) {
            held_ = minus(held_, leaving_);
            with_.given_up();
        } else {
            with_.taken();
        }
    }
    void behave() {
        if (changing_) end_change();
        look();
        if (std::exchange(finding_, false)) with_.found();
        look();
        while (!asked_.empty()) {
            answer(0, {}, 0);
            look();
        }
    }

    std::minstd_rand random_;
    classic_script with_;
    member_actions asked_;
    partition_set held_;
    partition_set leaving_;
    bool changing_ = false;
    bool gives_up_ = false;
    bool finding_ = false;
    bool failed_ = false;
    std::int32_t generation_ = 0;
    std::int32_t joined_ = -1;
};

} // namespace

TEST_CASE("ten thousand sequences of anything: nothing twice, nothing stale, and rest in the end",
          "[G1][G4]") {
    for (unsigned seed = 1; seed <= sequences; ++seed) {
        CAPTURE(seed);
        classic_chaos chaos{seed};
        chaos.run();
        REQUIRE(chaos.settle());
    }
}
