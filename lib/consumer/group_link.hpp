// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "base/unique_function.hpp"
#include "net/executor.hpp"

#include <kasio/error.hpp>
#include <kasio/partition_offset.hpp>

#include <vector>

KASIO_BEGIN_NAMESPACE

/// What a consumer tells its group, and asks of it; the room `group` implements it. Called on the strand.
class group_link {
public:
    virtual ~group_link() = default;

    /// Partitions may wait for their committed offsets: see `consumer_core::awaiting_committed`.
    virtual void look_for_committed() = 0;
    /// A poll may wait although nothing is assigned yet.
    [[nodiscard]] virtual bool subscribed() const noexcept = 0;
    /// False while it is not known whether this member still is one: its records may be another's by now.
    [[nodiscard]] virtual bool may_hand_out(time_point now) noexcept = 0;
    /// A caller waits for records again: it has worked off what it had.
    virtual void on_back_for_more() = 0;
    /// Nothing of some partition is in the hands of a caller any more, though nobody waits for more.
    virtual void on_worked_off() = 0;
    /// Commits what has been worked off; `done` is called in any case.
    virtual void commit(const std::vector<partition_offset>& offsets,
                        unique_function<void(error_code)> done) = 0;
    /// A wait for records has ended; `waiting`: another one goes on.
    virtual void on_served(bool waiting) = 0;
    virtual void on_metadata() = 0;
    /// The consumer has ended.
    virtual void end(error_code cause) = 0;
    /// The execution context is gone: destroy handlers unrun.
    virtual void on_context_shutdown() noexcept = 0;
};

KASIO_END_NAMESPACE
