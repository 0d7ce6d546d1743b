// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>
#include <kasio/bytes.hpp>
#include <kasio/uuid.hpp>

#include <cstdint>
#include <string>
#include <vector>

// Client metrics for brokers that ask for them (KIP-714).

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct get_telemetry_subscriptions_response;

/// Key 71. What does the broker want to know, and how often?
struct get_telemetry_subscriptions_request {
    using response_type = get_telemetry_subscriptions_response;
    static constexpr api_info api{.key = 71, .versions = {0, 0}, .flexible = 0};

    uuid client_instance_id;

    get_telemetry_subscriptions_request() {}
    friend bool operator==(const get_telemetry_subscriptions_request&,
                           const get_telemetry_subscriptions_request&) = default;
};

/// Metrics by prefix, interval, compression.
struct get_telemetry_subscriptions_response {
    static constexpr api_info api = get_telemetry_subscriptions_request::api;

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    uuid client_instance_id;
    std::int32_t subscription_id = 0;
    std::vector<std::int8_t> accepted_compression_types;
    std::int32_t push_interval_ms = 0;
    std::int32_t telemetry_max_bytes = 0;
    bool delta_temporality = false;
    std::vector<std::string> requested_metrics;

    get_telemetry_subscriptions_response() {}
    friend bool operator==(const get_telemetry_subscriptions_response&,
                           const get_telemetry_subscriptions_response&) = default;
};

struct push_telemetry_response;

/// Key 72. Metrics in the format of OpenTelemetry.
struct push_telemetry_request {
    using response_type = push_telemetry_response;
    static constexpr api_info api{.key = 72, .versions = {0, 0}, .flexible = 0};

    uuid client_instance_id;
    std::int32_t subscription_id = 0;
    bool terminating = false;
    std::int8_t compression_type = 0;
    bytes_view metrics = "";

    push_telemetry_request() {}
    friend bool operator==(const push_telemetry_request&, const push_telemetry_request&) = default;
};

/// Whether they were taken.
struct push_telemetry_response {
    static constexpr api_info api = push_telemetry_request::api;

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;

    push_telemetry_response() {}
    friend bool operator==(const push_telemetry_response&, const push_telemetry_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
