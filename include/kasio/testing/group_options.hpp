// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <chrono>
#include <cstddef>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// How an in-process cluster keeps groups. Kafka's names of the settings in brackets.
struct group_options {
    /// How long the first rebalance of an empty classic group waits for more members
    /// (`group.initial.rebalance.delay.ms`, there 3 s).
    std::chrono::milliseconds initial_rebalance_delay{0};
    /// What classic members may ask for, before it is scaled (`group.min.session.timeout.ms`,
    /// `group.max.session.timeout.ms`).
    std::chrono::milliseconds min_session_timeout{1};
    std::chrono::milliseconds max_session_timeout{1'800'000};
    /// Time-outs that members ask for, of sessions and rebalances, are multiplied by this, so that a test
    /// need not wait as long as they say.
    double time_scale = 1;
    /// Members that a group takes at most (`group.max.size`).
    std::size_t max_size = 10'000;
    /// Bytes of metadata that a committed offset may have (`offset.metadata.max.bytes`).
    std::size_t max_offset_metadata = 4096;
    /// False: members of the protocol in which the coordinator assigns (KIP-848) are refused with error 35,
    /// as by a broker that knows the request and has the feature switched off. Nodes that present themselves
    /// as Kafka 3.9 do so too: there it is off by default.
    bool consumer_protocol = true;
    /// What such members are told, and how long the coordinator does without hearing of them
    /// (`group.consumer.heartbeat.interval.ms`, `group.consumer.session.timeout.ms`). They are not scaled.
    std::chrono::milliseconds consumer_heartbeat_interval{5'000};
    std::chrono::milliseconds consumer_session_timeout{45'000};
};

} // namespace testing
KASIO_END_NAMESPACE
