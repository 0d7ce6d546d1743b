// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/cluster.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<describe_cluster_request, Codec>& m) {
    codec("IncludeClusterAuthorizedOperations", m.include_cluster_authorized_operations);
    codec("EndpointType", m.endpoint_type, since(1).initially(1));
    codec("IncludeFencedBrokers", m.include_fenced_brokers, since(2));
}

template <class Codec>
void describe(Codec& codec, field_of<describe_cluster_response::describe_cluster_broker, Codec>& m) {
    codec("BrokerId", m.broker_id);
    codec("Host", m.host);
    codec("Port", m.port);
    codec("Rack", m.rack, always.nullable());
    codec("IsFenced", m.is_fenced, since(2));
}

template <class Codec>
void describe(Codec& codec, field_of<describe_cluster_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
    codec("EndpointType", m.endpoint_type, since(1).initially(1));
    codec("ClusterId", m.cluster_id);
    codec("ControllerId", m.controller_id);
    codec("Brokers", m.brokers);
    codec("ClusterAuthorizedOperations", m.cluster_authorized_operations);
}

template <class Codec>
void describe(Codec& codec, field_of<update_features_request::feature_update_key, Codec>& m) {
    codec("Feature", m.feature);
    codec("MaxVersionLevel", m.max_version_level);
    codec("AllowDowngrade", m.allow_downgrade, until(0));
    codec("UpgradeType", m.upgrade_type, since(1).initially(1));
}

template <class Codec>
void describe(Codec& codec, field_of<update_features_request, Codec>& m) {
    codec("timeoutMs", m.timeout_ms);
    codec("FeatureUpdates", m.feature_updates);
    codec("ValidateOnly", m.validate_only, since(1));
}

template <class Codec>
void describe(Codec& codec, field_of<update_features_response::updatable_feature_result, Codec>& m) {
    codec("Feature", m.feature);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<update_features_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
    codec("Results", m.results, until(1).ignorable());
}

KASIO_API(describe_cluster)
KASIO_API(update_features)

} // namespace protocol
KASIO_END_NAMESPACE
