// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/broker_error.hpp>
#include <kasio/config.hpp>

#include <string_view>

KASIO_BEGIN_NAMESPACE
namespace testing {

struct topic_state;

/// Sets one of a topic's settings, those that change what the cluster does: `max.message.bytes`,
/// `message.timestamp.type`, `min.insync.replicas`, `cleanup.policy` (with `compact` records need keys). All
/// others have nothing to act on. `invalid_config` for a value that cannot be. Without a topic the value is
/// only looked at.
broker_errc set_topic_config(topic_state* topic, std::string_view name, std::string_view value);

} // namespace testing
KASIO_END_NAMESPACE
