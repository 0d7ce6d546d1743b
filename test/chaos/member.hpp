// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "chaos/trial.hpp"

#include <kasio/consumer.hpp>
#include <kasio/testing/groups.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace chaos {

/// What all members of a trial's group have in common.
struct crew_rules {
    /// No time-out that a busy machine would reach.
    bool gentle = false;
    kasio::group_protocol by = kasio::group_protocol::classic;
    /// By the classic protocol: partitions that need not move are kept over a rebalance.
    bool cooperative = false;
    commit_care care = commit_care::full;
};

/// One consumer of a group, from its beginning to its end, all noted in the history of the trial.
class member : public std::enable_shared_from_this<member> {
public:
    member(std::shared_ptr<trial> world, std::string name, std::uint64_t seed, crew_rules rules);

    /// Polls until it is closed or dies.
    asio::awaitable<void> work();
    /// In order; when all is gentle it ends its polls first.
    asio::awaitable<void> close();
    /// Without a word to anybody.
    void die();
    [[nodiscard]] bool over() const { return over_; }

private:
    void open();
    [[nodiscard]] kasio::consumer_options options();
    void take(const kasio::rebalance& what);
    void lose(const kasio::rebalance& what);
    static asio::awaitable<void> give(std::shared_ptr<member> self, kasio::rebalance what);
    /// The group has gone on without whoever it knew as that.
    [[nodiscard]] bool thrown_out(const kasio::group_metadata& as) const;
    void note(const std::string& what, const std::string& key);
    void note_polled(std::int64_t operation, kasio::error_code error, const kasio::fetched_records& records);
    asio::awaitable<void> commit();
    void note_end(const std::string& what, const std::string& key);
    void note_rest();

    const std::shared_ptr<trial> world_;
    chance luck_;
    const std::string name_;
    const crew_rules rules_;
    bool commits_by_hand_ = false;
    std::chrono::milliseconds most_work_{0};
    std::optional<kasio::cluster> kafka_;
    std::optional<kasio::consumer> in_;
    const kasio::testing::groups groups_;
    /// Partitions, and which assignment gave each.
    std::map<std::string, int> owned_;
    int assignments_ = 0;
    /// What it was given, by the offset after it, and has not committed.
    std::map<kasio::topic_partition, std::int64_t> uncommitted_;
    bool stops_ = false;
    bool polling_ = false;
    bool dead_ = false;
    bool over_ = false;
};

} // namespace chaos
