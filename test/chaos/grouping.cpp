// SPDX-License-Identifier: BSL-1.0
// Members of a group that come, go and die while everything goes wrong: every record is given, no commit
// passes what was given or goes back, a partition has one owner at a time; where all leave in order, each
// record is given once.
#include "chaos/member.hpp"
#include "chaos/payload.hpp"
#include "chaos/trial.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace chaos {

namespace {

using kasio::testing::api;

constexpr std::size_t most_members = 4;
const std::chrono::milliseconds time_to_commit = patiently(20s);

kasio::testing::group_options quick_groups(std::uint64_t seed, bool gentle) {
    chance luck{seed ^ 0x9409ULL};
    kasio::testing::group_options made;
    made.consumer_protocol = !luck.one_in(3);
    made.consumer_heartbeat_interval = luck.milliseconds(20, 60);
    made.consumer_session_timeout = patiently(gentle ? 30'000ms : luck.milliseconds(600, 1'200));
    if (luck.one_in(3)) made.initial_rebalance_delay = luck.milliseconds(1, 100);
    return made;
}

/// Nothing goes wrong but what the members do, who come and leave in order.
bool is_gentle(std::uint64_t seed, commit_care care) { return seed % 4 == 0 || care != commit_care::full; }

crew_rules rules_of(std::uint64_t seed, commit_care care) {
    chance luck{seed ^ 0x401e5ULL};
    crew_rules made;
    made.care = care;
    made.gentle = is_gentle(seed, care);
    made.by = luck.one_in(2) ? kasio::group_protocol::classic : kasio::group_protocol::automatic;
    made.cooperative = made.by == kasio::group_protocol::classic && luck.one_in(2);
    return made;
}

class grouping final : public trial {
public:
    grouping(std::uint64_t seed, commit_care care)
        : trial{seed, quick_groups(seed, is_gentle(seed, care))},
          rules_{rules_of(seed, care)},
          groups_{cluster} {}

private:
    asio::awaitable<void> run() override {
        add_member();
        if (!rules_.gentle) {
            std::vector<api> apis{api::heartbeat,     api::consumer_group_heartbeat,
                                  api::join_group,    api::sync_group,
                                  api::offset_commit, api::offset_fetch,
                                  api::leave_group,   api::find_coordinator,
                                  api::fetch,         api::metadata};
            const auto first = luck().between(0, static_cast<int>(apis.size()) - 1);
            std::rotate(apis.begin(), apis.begin() + first, apis.end());
            asio::co_spawn(io, torment(std::move(apis)), rethrow);
        }
        for (int left = luck().between(40, 100); left > 0; --left) {
            if (luck().one_in(2)) append();
            if (luck().one_in(7)) change_members();
            note_commits();
            co_await pause(luck().milliseconds(2, 25));
        }
        heal();
        while (members_.size() < 2) add_member();
        const auto end = std::chrono::steady_clock::now() + time_to_commit;
        while (!all_committed() && std::chrono::steady_clock::now() < end) {
            note_commits();
            co_await pause(10ms);
        }
        if (!all_committed()) log.note({.what = "hang", .text = "before all was committed"});
        for (const auto& each : std::exchange(members_, {})) close(each);
        while (closing_ != 0 || !all_over()) co_await pause(2ms);
        note_commits();
        log.note({.what = "final"});
        if (rules_.gentle) log.note({.what = "clean", .group = group_number});
        gone_.clear();
        co_await settle();
        dump_logs();
    }

    void add_member() {
        const auto self = shared_from_this();
        const auto name = "m" + std::to_string(++named_);
        members_.push_back(std::make_shared<member>(self, name, luck().seed(), rules_));
        asio::co_spawn(io, members_.back()->work(), rethrow);
    }

    void change_members() {
        if (members_.size() < most_members && luck().one_in(2)) return add_member();
        if (members_.size() < 2) return;
        const auto which = members_.begin() + luck().between(0, static_cast<int>(members_.size()) - 1);
        const auto who = *which;
        members_.erase(which);
        if (rules_.gentle || luck().one_in(2)) return close(who);
        who->die();
        gone_.push_back(who);
    }

    void close(const std::shared_ptr<member>& who) {
        gone_.push_back(who);
        ++closing_;
        asio::co_spawn(io, who->close(), [this, self = shared_from_this()](std::exception_ptr thrown) {
            --closing_;
            rethrow(thrown);
        });
    }
    [[nodiscard]] bool all_over() const {
        return std::all_of(gone_.begin(), gone_.end(), [](const auto& each) { return each->over(); });
    }

    void append() {
        const auto& [topic, partitions] =
            topics[static_cast<std::size_t>(luck().between(0, static_cast<int>(topics.size()) - 1))];
        const auto partition = luck().between(0, partitions - 1);
        for (int left = luck().between(1, 6); left > 0; --left) {
            event send{.process = "source",
                       .what = "send",
                       .key = key_of(topic, partition),
                       .value = next_value++,
                       .offset = cluster.end_offset(topic, partition)};
            const auto operation = log.begin(send, slack);
            log.begun();
            const auto bytes = bytes_of(send.value, topic, partition, 10);
            cluster.append(topic, partition, {.value = bytes});
            send.phase = phase::ok;
            log.end(operation, std::move(send));
        }
    }

    /// The truth, in the order in which the coordinator took it.
    void note_commits() {
        if (!groups_.find(group_id)) return;
        const auto all = groups_.commits(group_id);
        for (; commits_noted_ < all.size(); ++commits_noted_) {
            const auto& each = all[commits_noted_];
            event note{.what = "committed", .group = group_number};
            note.items.push_back({key_of(each.topic, each.partition), each.offset, -1});
            log.note(std::move(note));
        }
    }
    [[nodiscard]] bool all_committed() const {
        if (rules_.care != commit_care::full) return true; // they do not care
        for (const auto& [topic, partitions] : topics) {
            for (int partition = 0; partition < partitions; ++partition) {
                const auto end = cluster.end_offset(topic, partition);
                const auto there = groups_.committed(group_id, topic, partition);
                if (end != 0 && (!there || there->offset != end)) return false;
            }
        }
        return true;
    }

    const crew_rules rules_;
    const kasio::testing::groups groups_;
    std::vector<std::shared_ptr<member>> members_;
    std::vector<std::shared_ptr<member>> gone_;
    int named_ = 0;
    int closing_ = 0;
    std::size_t commits_noted_ = 0;
};

} // namespace

std::shared_ptr<trial> make_grouping(std::uint64_t seed, commit_care taken) {
    return std::make_shared<grouping>(seed, taken);
}

} // namespace chaos
