// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "testing/group_classic.hpp"
#include "testing/group_consumer.hpp"
#include "testing/offset_store.hpp"

#include <kasio/bytes.hpp>
#include <kasio/config.hpp>

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// A commit from a client that was accepted.
struct noted_commit {
    std::string topic;
    std::int32_t partition = -1;
    std::int64_t offset = -1;
    std::string member_id;
    std::int32_t generation = -1;
};

/// A group: its members by one of the protocols, and what it committed. With neither it has offsets alone,
/// of consumers that manage their partitions themselves.
struct group_entry {
    static constexpr std::size_t commits_kept = 100'000;

    // At most one of them.
    std::optional<classic_group> classic;
    std::optional<consumer_group> consumer;
    offset_store offsets;
    std::deque<noted_commit> commits;
    /// The node that coordinates it.
    int home = -1;

    [[nodiscard]] bool has_members() const;
    /// Whether a member wants that topic.
    [[nodiscard]] bool is_subscribed(std::string_view topic) const;
    void note_commit(noted_commit commit);
};

} // namespace testing
KASIO_END_NAMESPACE
