// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "testing/group_entry.hpp"

#include <kasio/testing/group_options.hpp>

#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// All groups of the cluster, and the answers that are ready for requests that waited.
class group_table {
public:
    /// Asked only when a group turns: there may be many.
    using topics_source = std::function<group_topics()>;

    explicit group_table(const group_options& options);
    // Groups refer to its limits.
    group_table(const group_table&) = delete;
    group_table& operator=(const group_table&) = delete;

    [[nodiscard]] const std::map<std::string, group_entry, std::less<>>& all() const noexcept {
        return groups_;
    }
    /// Null when there is none.
    [[nodiscard]] group_entry* find(std::string_view id);
    /// As found, or a new one without members on that node.
    group_entry& open(const std::string& id, int home);
    /// As above, ready for members of the classic protocol.
    group_entry& open_classic(const std::string& id, int home);
    /// As above, of the other protocol. A group of the other kind is turned, with its members.
    group_entry& open_consumer(const std::string& id, int home, const group_topics& topics, group_time now);
    /// Turns a group whose last member of the newer protocol is gone into a classic one. To be called when
    /// members may have left.
    void settle_kind(group_entry& group, const topics_source& topics, group_time now);
    void erase(std::string_view id) { groups_.erase(groups_.find(id)); }
    /// Drops the offsets of a topic that is gone.
    void forget_topic(std::string_view topic);
    /// What that producer's transaction was about to commit is committed, or forgotten.
    void end_transaction(std::int64_t producer_id, bool commits);

    // Requests that wait.

    group_replies replies;
    /// True when that request was taken in before: it is only to look for its answer.
    [[nodiscard]] bool is_waiting(group_waiter who) const { return waiting_.contains(who); }
    void begin_wait(group_waiter who) { waiting_.insert(who); }
    [[nodiscard]] std::optional<join_result> take_join(group_waiter who);
    [[nodiscard]] std::optional<sync_result> take_sync(group_waiter who);
    /// The connection is gone.
    void abandon(group_waiter who);

    // Time.

    /// True when something was due.
    bool on_time(const topics_source& topics, group_time now);
    [[nodiscard]] std::optional<group_time> next_deadline() const;
    /// Whether anybody looked at a group, and so may have moved a deadline, since the last call.
    [[nodiscard]] bool take_touched() noexcept { return std::exchange(touched_, false); }
    /// Groups whose coordinator is now another: `home_of` says which.
    void rehome(const std::function<int(const std::string&)>& home_of, group_time now);

    /// `CLIENT-<random>`, as the ids that Kafka gives.
    [[nodiscard]] std::string fresh_member_id(std::string_view client);

private:
    group_limits limits_;
    std::chrono::milliseconds consumer_session_timeout_;
    std::map<std::string, group_entry, std::less<>> groups_;
    std::set<group_waiter> waiting_;
    std::mt19937_64 random_;
    bool touched_ = false;
};

} // namespace testing
KASIO_END_NAMESPACE
