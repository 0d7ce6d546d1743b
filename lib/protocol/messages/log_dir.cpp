// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/log_dir.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<alter_replica_log_dirs_request::alter_replica_log_dir_topic, Codec>& m) {
    codec("Name", m.name);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<alter_replica_log_dirs_request::alter_replica_log_dir, Codec>& m) {
    codec("Path", m.path);
    codec("Topics", m.topics);
}

template <class Codec>
void describe(Codec& codec, field_of<alter_replica_log_dirs_request, Codec>& m) {
    codec("Dirs", m.dirs);
}

template <class Codec>
void describe(Codec& codec,
              field_of<alter_replica_log_dirs_response::alter_replica_log_dir_partition_result, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("ErrorCode", m.error_code);
}

template <class Codec>
void describe(Codec& codec,
              field_of<alter_replica_log_dirs_response::alter_replica_log_dir_topic_result, Codec>& m) {
    codec("TopicName", m.topic_name);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<alter_replica_log_dirs_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("Results", m.results);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_log_dirs_request::describable_log_dir_topic, Codec>& m) {
    codec("Topic", m.topic);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_log_dirs_request, Codec>& m) {
    codec("Topics", m.topics, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<describe_log_dirs_response::describe_log_dirs_partition, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("PartitionSize", m.partition_size);
    codec("OffsetLag", m.offset_lag);
    codec("IsFutureKey", m.is_future_key);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_log_dirs_response::describe_log_dirs_topic, Codec>& m) {
    codec("Name", m.name);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_log_dirs_response::describe_log_dirs_result, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("LogDir", m.log_dir);
    codec("Topics", m.topics);
    codec("TotalBytes", m.total_bytes, since(4).initially(-1).ignorable());
    codec("UsableBytes", m.usable_bytes, since(4).initially(-1).ignorable());
    codec("IsCordoned", m.is_cordoned, since(5).ignorable());
}

template <class Codec>
void describe(Codec& codec, field_of<describe_log_dirs_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code, since(3).ignorable());
    codec("Results", m.results);
}

KASIO_API(alter_replica_log_dirs)
KASIO_API(describe_log_dirs)

} // namespace protocol
KASIO_END_NAMESPACE
