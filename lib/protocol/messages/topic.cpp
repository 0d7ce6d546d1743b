// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/topic.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<create_topics_request::creatable_replica_assignment, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("BrokerIds", m.broker_ids);
}

template <class Codec>
void describe(Codec& codec, field_of<create_topics_request::creatable_topic_config, Codec>& m) {
    codec("Name", m.name);
    codec("Value", m.value, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<create_topics_request::creatable_topic, Codec>& m) {
    codec("Name", m.name);
    codec("NumPartitions", m.num_partitions);
    codec("ReplicationFactor", m.replication_factor);
    codec("Assignments", m.assignments);
    codec("Configs", m.configs);
}

template <class Codec>
void describe(Codec& codec, field_of<create_topics_request, Codec>& m) {
    codec("Topics", m.topics);
    codec("timeoutMs", m.timeout_ms);
    codec("validateOnly", m.validate_only, since(1));
}

template <class Codec>
void describe(Codec& codec, field_of<create_topics_response::creatable_topic_configs, Codec>& m) {
    codec("Name", m.name, since(5));
    codec("Value", m.value, since(5).nullable());
    codec("ReadOnly", m.read_only, since(5));
    codec("ConfigSource", m.config_source, since(5).initially(-1).ignorable());
    codec("IsSensitive", m.is_sensitive, since(5));
}

template <class Codec>
void describe(Codec& codec, field_of<create_topics_response::creatable_topic_result, Codec>& m) {
    codec("Name", m.name);
    codec("TopicId", m.topic_id, since(7).ignorable());
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, since(1).nullable().ignorable());
    codec("TopicConfigErrorCode", m.topic_config_error_code, tagged(0).since(5).ignorable());
    codec("NumPartitions", m.num_partitions, since(5).initially(-1).ignorable());
    codec("ReplicationFactor", m.replication_factor, since(5).initially(-1).ignorable());
    codec("Configs", m.configs, since(5).nullable().ignorable());
}

template <class Codec>
void describe(Codec& codec, field_of<create_topics_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms, since(2).ignorable());
    codec("Topics", m.topics);
}

template <class Codec>
void describe(Codec& codec, field_of<delete_topics_request::delete_topic_state, Codec>& m) {
    codec("Name", m.name, since(6).nullable().initially(nullptr));
    codec("TopicId", m.topic_id, since(6));
}

template <class Codec>
void describe(Codec& codec, field_of<delete_topics_request, Codec>& m) {
    codec("Topics", m.topics, since(6));
    codec("TopicNames", m.topic_names, until(5).ignorable());
    codec("TimeoutMs", m.timeout_ms);
}

template <class Codec>
void describe(Codec& codec, field_of<delete_topics_response::deletable_topic_result, Codec>& m) {
    codec("Name", m.name, always.nullable(6));
    codec("TopicId", m.topic_id, since(6).ignorable());
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, since(5).nullable().initially(nullptr).ignorable());
}

template <class Codec>
void describe(Codec& codec, field_of<delete_topics_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms, since(1).ignorable());
    codec("Responses", m.responses);
}

KASIO_API(create_topics)
KASIO_API(delete_topics)

} // namespace protocol
KASIO_END_NAMESPACE
