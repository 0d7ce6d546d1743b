// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/api_versions.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<api_versions_request, Codec>& m) {
    codec("ClientSoftwareName", m.client_software_name, since(3).ignorable());
    codec("ClientSoftwareVersion", m.client_software_version, since(3).ignorable());
    codec("ClusterId", m.cluster_id, since(5).nullable().initially(nullptr).ignorable());
    codec("NodeId", m.node_id, since(5).initially(-1).ignorable());
}

template <class Codec>
void describe(Codec& codec, field_of<api_versions_response::api_version, Codec>& m) {
    codec("ApiKey", m.api_key);
    codec("MinVersion", m.min_version);
    codec("MaxVersion", m.max_version);
}

template <class Codec>
void describe(Codec& codec, field_of<api_versions_response::supported_feature_key, Codec>& m) {
    codec("Name", m.name, since(3));
    codec("MinVersion", m.min_version, since(3));
    codec("MaxVersion", m.max_version, since(3));
}

template <class Codec>
void describe(Codec& codec, field_of<api_versions_response::finalized_feature_key, Codec>& m) {
    codec("Name", m.name, since(3));
    codec("MaxVersionLevel", m.max_version_level, since(3));
    codec("MinVersionLevel", m.min_version_level, since(3));
}

template <class Codec>
void describe(Codec& codec, field_of<api_versions_response, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("ApiKeys", m.api_keys);
    codec("ThrottleTimeMs", m.throttle_time_ms, since(1).ignorable());
    codec("SupportedFeatures", m.supported_features, tagged(0).since(3).ignorable());
    codec("FinalizedFeaturesEpoch", m.finalized_features_epoch, tagged(1).since(3).initially(-1).ignorable());
    codec("FinalizedFeatures", m.finalized_features, tagged(2).since(3).ignorable());
    codec("ZkMigrationReady", m.zk_migration_ready, tagged(3).since(3).ignorable());
}

KASIO_API(api_versions)

} // namespace protocol
KASIO_END_NAMESPACE
