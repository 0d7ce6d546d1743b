// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "base/counters.hpp"

#include <kasio/config.hpp>

KASIO_BEGIN_NAMESPACE

/// Where `producer_metrics` come from: counted on the strand, once a batch, read anywhere.
struct producer_counters {
    counter records_delivered;
    counter records_not_sent;
    counter records_unknown;
    counter records_withdrawn;
    counter batches;
    counter batch_bytes;
    counter batch_bytes_sent;
    counter batches_split;
    counter batches_incompressible;
    counter requests;
    counter retries;
    counter broker_errors;
    counter request_failures;
    counter wakes;
    histogram_recorder queue_time;
    histogram_recorder request_latency;
    histogram_recorder batch_records;
};

KASIO_END_NAMESPACE
