// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/complete.hpp"
#include "consumer/positions.hpp"

#include <kasio/fetched_records.hpp>

#include <memory>
#include <utility>

KASIO_BEGIN_NAMESPACE

/// Who waits for one partition's records. All but `name` belongs to the strand.
class stream_state {
public:
    using completion_type = waiting_completion<fetched_records>;

    const topic_partition name;
    /// Null when the partition was not read when the stream was made.
    const std::shared_ptr<partition_position> position;
    std::shared_ptr<completion_type> waiting;
    /// Why it has ended; nothing while it lives.
    error_code ended;

    stream_state(topic_partition which, std::shared_ptr<partition_position> where)
        : name{std::move(which)}, position{std::move(where)} {}
    void complete(error_code error, fetched_records records = {}) {
        if (const auto who = std::exchange(waiting, nullptr)) who->complete(error, std::move(records));
    }
};

KASIO_END_NAMESPACE
