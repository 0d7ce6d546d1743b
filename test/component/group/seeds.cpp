// SPDX-License-Identifier: BSL-1.0
// Members that come, go and die, faults at random, records all the while: every record is given, no committed
// offset goes back or passes what was given. KASIO_GROUP_SEEDS says how many seeds.
#include "component/group/group_fixture.hpp"

#include <cstdlib>
#include <random>

using namespace kasio_test;

namespace {

constexpr int partitions = 4;

class ordeal {
public:
    explicit ordeal(unsigned seed) : random_{seed}, with_{partitions, {.nodes = 3}} {
        add();
        add();
    }

    void run() {
        for (int step = 0; step < 25; ++step) {
            append(3);
            disturb();
            with_.io.restart();
            with_.io.run_for(std::chrono::milliseconds{pick(20)});
        }
        heal();
        append(2);
        // Whoever was lost reads again what was not committed: each record comes at least once.
        REQUIRE(
            with_.until([&] { return with_.unique_values() == static_cast<std::size_t>(appended_); }, 20s));
        // What a member read that died before it had committed is read again by those who are left.
        REQUIRE(with_.until([this] { return all_committed(); }, 20s));
        for (auto& each : with_.workers) with_.close(*each);
        check();
    }

private:
    int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
    void append(int count) {
        for (int at = 0; at < count; ++at) {
            const auto partition = pick(partitions);
            const auto value = std::to_string(partition) + "-" + std::to_string(ends_[partition]++);
            with_.broker.append("t", partition, {.value = value});
            ++appended_;
        }
    }
    void add() {
        auto options = member_options(pick(2) == 0 ? group_protocol::classic : group_protocol::automatic);
        options.assignors = {cooperative_sticky_assignor()};
        options.max_poll_records = 1 + static_cast<std::size_t>(pick(4));
        options.auto_commit_interval = 10ms;
        with_.add(options).start();
    }
    void disturb() {
        auto& broker = with_.broker;
        static const std::vector<api> apis{api::join_group,    api::sync_group,   api::heartbeat,
                                           api::offset_commit, api::offset_fetch, api::find_coordinator,
                                           api::leave_group};
        static const std::vector<broker_errc> codes{
            broker_errc::not_coordinator,       broker_errc::coordinator_load_in_progress,
            broker_errc::unknown_member_id,     broker_errc::illegal_generation,
            broker_errc::rebalance_in_progress, broker_errc::coordinator_not_available};
        const auto which = apis[static_cast<std::size_t>(pick(static_cast<int>(apis.size())))];
        switch (pick(9)) {
            case 0: broker.fail_next(which, codes[static_cast<std::size_t>(pick(6))], 1); break;
            case 1: broker.close_next(which, 1); break;
            case 2: // joins and syncs are waited for long
                if (which != api::join_group && which != api::sync_group) broker.drop_answer_next(which, 1);
                break;
            case 3: broker.close_connections(); break;
            case 4: with_.groups.move_coordinator("g", 1 + pick(3)); break;
            case 5:
                if (with_.workers.size() < 4) add();
                break;
            case 6:
                if (with_.workers.size() > 1) leave();
                break;
            case 7: // one is taken for dead
                if (const auto group = with_.groups.find("g"); group && !group->members.empty())
                    with_.groups.expire_session("g", group->members[random_() % group->members.size()].id);
                break;
            default: break;
        }
    }
    /// One leaves in order, or dies: what it has read stays read.
    void leave() {
        const auto at = random_() % with_.workers.size();
        auto& who = *with_.workers[at];
        if (pick(2) == 0) with_.close(who);
        who.stopped = true;
        kept_.insert(kept_.end(), who.values.begin(), who.values.end());
        gone_.push_back(std::move(with_.workers[at]));
        gone_.back()->in.reset();
        with_.workers.erase(with_.workers.begin() + static_cast<std::ptrdiff_t>(at));
        with_.workers.front()->values.insert(with_.workers.front()->values.end(), kept_.begin(), kept_.end());
        kept_.clear();
    }
    void heal() { with_.broker.clear_faults(); }

    void check() {
        std::map<std::pair<std::string, int>, std::int64_t> last;
        for (const auto& each : with_.groups.commits("g")) {
            auto& before = last[{each.topic, each.partition}];
            CHECK(each.offset >= before);
            CHECK(each.offset <= ends_[each.partition]);
            before = std::max(before, each.offset);
        }
        CHECK(all_committed());
    }
    [[nodiscard]] bool all_committed() const {
        return std::all_of(ends_.begin(), ends_.end(),
                           [this](const auto& each) { return with_.committed(each.first) == each.second; });
    }

    std::minstd_rand random_;
    crew with_;
    std::vector<std::unique_ptr<worker>> gone_;
    std::vector<std::string> kept_;
    std::map<int, std::int64_t> ends_;
    int appended_ = 0;
};

} // namespace

TEST_CASE("groups under faults, seed by seed: nothing is skipped, no commit goes back", "[G1][G2][G3]") {
    const char* const given = std::getenv("KASIO_GROUP_SEEDS");
    const auto seeds = given != nullptr ? std::strtoul(given, nullptr, 10) : 10;
    for (unsigned seed = 1; seed <= seeds; ++seed) {
        CAPTURE(seed);
        ordeal{seed}.run();
    }
}
