// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>
#include <kasio/error.hpp>
#include <kasio/metadata.hpp>

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// An offset that a group has committed of a partition, or is to commit: that of the record that comes next.
struct committed_offset {
    topic_partition partition;
    /// In results: why it was not committed, or is not known.
    error_code error;
    /// -1 in results: the group has committed none.
    std::int64_t offset = -1;
    /// Epoch of the leader that appended the last record before it, by which a log that was cut is found out
    /// (KIP-320); -1: not known.
    std::int32_t leader_epoch = -1;
    /// A note that the broker keeps with it; 4,096 bytes at most unless the broker's settings say otherwise.
    std::string metadata;
    committed_offset() {}
    committed_offset(topic_partition which, std::int64_t next, std::string note = {})
        : partition{std::move(which)}, offset{next}, metadata{std::move(note)} {}
    friend bool operator==(const committed_offset&, const committed_offset&) = default;
    /// `topic/partition@offset`, or the error.
    KASIO_DECL friend std::ostream& operator<<(std::ostream& out, const committed_offset& offset);
};

/// Told of every commit when it is over, the automatic ones too: its outcome, as `async_commit` has it.
using commit_hook = std::function<void(error_code, const std::vector<committed_offset>&)>;

KASIO_END_NAMESPACE
