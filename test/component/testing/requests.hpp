// SPDX-License-Identifier: BSL-1.0
// Requests that the tests of the in-process cluster send, with as few words as they allow.
#pragma once

#include "testing/answers.hpp"
#include "testing/stored_records.hpp"

#include <kasio/messages/fetch.hpp>
#include <kasio/messages/list_offsets.hpp>
#include <kasio/messages/metadata.hpp>
#include <kasio/messages/produce.hpp>
#include <kasio/testing/broker.hpp>

#include <string>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// One batch of `count` records, "value 0" and so on.
inline std::string batch_of(int count, std::string_view prefix = "value ") {
    std::vector<std::string> values;
    for (int i = 0; i < count; ++i) values.push_back(std::string{prefix} + std::to_string(i));
    std::vector<producer_record> records;
    for (const auto& value : values)
        records.push_back({.key = "key", .value = value, .timestamp = timestamp{}});
    return encoded_batch(records);
}

/// `batch` must outlive the request.
inline protocol::produce_request produce(const std::string& topic, std::int32_t partition,
                                         const std::string& batch, std::int16_t acks = -1) {
    protocol::produce_request request;
    request.acks = acks;
    request.timeout_ms = 1000;
    auto& sent = request.topic_data.emplace_back();
    sent.name = topic;
    auto& data = sent.partition_data.emplace_back();
    data.index = partition;
    data.records = bytes_view{batch};
    return request;
}

inline protocol::fetch_request fetch(const std::string& topic, std::int32_t partition, std::int64_t offset,
                                     int wait_ms = 0, int min_bytes = 1) {
    protocol::fetch_request request;
    request.max_wait_ms = wait_ms;
    request.min_bytes = min_bytes;
    request.max_bytes = 1 << 20;
    auto& wanted = request.topics.emplace_back();
    wanted.topic = topic;
    auto& part = wanted.partitions.emplace_back();
    part.partition = partition;
    part.fetch_offset = offset;
    part.partition_max_bytes = 1 << 20;
    return request;
}

inline protocol::metadata_request metadata(const std::string& topic, bool may_create = true) {
    protocol::metadata_request request;
    request.topics->emplace_back().name = topic;
    request.allow_auto_topic_creation = may_create;
    return request;
}

inline protocol::list_offsets_request list_offsets(const std::string& topic, std::int32_t partition,
                                                   std::int64_t timestamp) {
    protocol::list_offsets_request request;
    request.replica_id = -1;
    auto& wanted = request.topics.emplace_back();
    wanted.name = topic;
    auto& part = wanted.partitions.emplace_back();
    part.partition_index = partition;
    part.timestamp = timestamp;
    return request;
}

inline const protocol::produce_response::partition_produce_response& only(
    const protocol::produce_response& response) {
    return response.responses.at(0).partition_responses.at(0);
}
inline const protocol::fetch_response::partition_data& only(const protocol::fetch_response& response) {
    return response.responses.at(0).partitions.at(0);
}
inline const protocol::list_offsets_response::list_offsets_partition_response& only(
    const protocol::list_offsets_response& response) {
    return response.topics.at(0).partitions.at(0);
}
inline const protocol::metadata_response::metadata_response_topic& only(
    const protocol::metadata_response& response) {
    return response.topics.at(0);
}

} // namespace testing
KASIO_END_NAMESPACE
