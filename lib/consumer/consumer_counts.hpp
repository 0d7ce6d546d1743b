// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "base/counters.hpp"

#include <kasio/consumer_metrics.hpp>
#include <kasio/fetched_records.hpp>

KASIO_BEGIN_NAMESPACE

/// What a consumer counts: on the strand, read from anywhere.
struct consumer_counts {
    counter records;
    counter bytes;
    counter corrupt_batches;
    counter offset_resets;
    counter truncations;
    counter fetches;
    counter fetch_failures;
    counter budget_waits;
    histogram_recorder fetch_duration;
    histogram_recorder fetch_bytes;

    void on_event(partition_event::kind what) noexcept {
        if (what == partition_event::kind::offset_reset) offset_resets.add();
        if (what == partition_event::kind::truncated) truncations.add();
    }
    [[nodiscard]] consumer_metrics snapshot() const noexcept {
        consumer_metrics copy;
        copy.records = records.value();
        copy.bytes = bytes.value();
        copy.corrupt_batches = corrupt_batches.value();
        copy.offset_resets = offset_resets.value();
        copy.truncations = truncations.value();
        copy.fetches = fetches.value();
        copy.fetch_failures = fetch_failures.value();
        copy.budget_waits = budget_waits.value();
        copy.fetch_duration = fetch_duration.snapshot();
        copy.fetch_bytes = fetch_bytes.snapshot();
        return copy;
    }
};

KASIO_END_NAMESPACE
