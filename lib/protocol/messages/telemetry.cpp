// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/telemetry.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<get_telemetry_subscriptions_request, Codec>& m) {
    codec("ClientInstanceId", m.client_instance_id);
}

template <class Codec>
void describe(Codec& codec, field_of<get_telemetry_subscriptions_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code);
    codec("ClientInstanceId", m.client_instance_id);
    codec("SubscriptionId", m.subscription_id);
    codec("AcceptedCompressionTypes", m.accepted_compression_types);
    codec("PushIntervalMs", m.push_interval_ms);
    codec("TelemetryMaxBytes", m.telemetry_max_bytes);
    codec("DeltaTemporality", m.delta_temporality);
    codec("RequestedMetrics", m.requested_metrics);
}

template <class Codec>
void describe(Codec& codec, field_of<push_telemetry_request, Codec>& m) {
    codec("ClientInstanceId", m.client_instance_id);
    codec("SubscriptionId", m.subscription_id);
    codec("Terminating", m.terminating);
    codec("CompressionType", m.compression_type);
    codec("Metrics", m.metrics);
}

template <class Codec>
void describe(Codec& codec, field_of<push_telemetry_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code);
}

KASIO_API(get_telemetry_subscriptions)
KASIO_API(push_telemetry)

} // namespace protocol
KASIO_END_NAMESPACE
