// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/compression.hpp>
#include <kasio/connection.hpp>
#include <kasio/messages/fetch.hpp>
#include <kasio/messages/list_offsets.hpp>
#include <kasio/messages/produce.hpp>
#include <kasio/producer_options.hpp>
#include <kasio/record.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace calls {

/// How records are produced; set what differs.
class produce_settings {
public:
    produce_settings() {}
    /// Who has to have the records before the broker answers. With `none` it never does: see `async_request`.
    kasio::acks acks = kasio::acks::all;
    /// How long the broker waits for its followers.
    std::chrono::milliseconds wait{30'000};
    kasio::compression compression = kasio::compression::none;
    /// For idempotence (KIP-98): all three, from InitProducerId; `sequence` is that of the first record.
    std::int64_t producer_id = -1;
    std::int16_t producer_epoch = -1;
    std::int32_t sequence = -1;
    /// Makes the records part of the transaction that is open under this id.
    std::optional<std::string> transactional_id;
};

/// One record batch (magic 2) as it goes over the wire. Topic and partition of the records do not count; a
/// record without a timestamp gets the present. Throws `boost::system::system_error`: `invalid_argument`
/// without records, `compression_unavailable`, `record_too_large` above 2 GiB.
[[nodiscard]] KASIO_DECL std::string encode_batch(std::span<const producer_record> records,
                                                  const produce_settings& settings);

/// Sends records to one partition, as one batch, to be written whole or not at all. They are encoded in this
/// call, and need not outlive it. Throws as `encode_batch`.
template <class Token = boost::asio::deferred_t>
auto async_produce(connection& line, std::string topic, std::int32_t partition,
                   std::span<const producer_record> records, const produce_settings& settings,
                   Token&& token = {}) {
    constexpr std::int16_t last_with_names = 12; // later ones name topics by id
    const auto batch = std::make_shared<const std::string>(encode_batch(records, settings));
    protocol::produce_request request;
    request.transactional_id = settings.transactional_id;
    request.acks = static_cast<std::int16_t>(settings.acks);
    request.timeout_ms = static_cast<std::int32_t>(settings.wait.count());
    auto& to = request.topic_data.emplace_back();
    to.name = std::move(topic);
    auto& data = to.partition_data.emplace_back();
    data.index = partition;
    data.records = *batch;
    const auto how = request_settings{}.max_version(last_with_names).keep(batch);
    return line.async_request(std::move(request), how, std::forward<Token>(token));
}
/// The same for one record, with the settings as they are.
template <class Token = boost::asio::deferred_t>
auto async_produce(connection& line, std::string topic, std::int32_t partition, producer_record record,
                   Token&& token = {}) {
    return async_produce(line, std::move(topic), partition, std::span<const producer_record>{&record, 1},
                         produce_settings{}, std::forward<Token>(token));
}

/// Where to fetch from.
class fetch_position {
public:
    fetch_position(std::string topic_name, std::int32_t number, std::int64_t from)
        : topic{std::move(topic_name)}, partition{number}, offset{from} {}
    std::string topic;
    std::int32_t partition;
    std::int64_t offset;
};

class fetch_settings {
public:
    fetch_settings() {}
    /// The broker answers with nothing after that.
    std::chrono::milliseconds wait{500};
    std::int32_t min_bytes = 1;
    std::int32_t max_bytes = 50 * 1024 * 1024;
    std::int32_t max_partition_bytes = 1024 * 1024;
    /// Nothing beyond the first transaction that is still open. Records of aborted ones come all the same:
    /// the answer names them.
    bool read_committed = true;
};

/// The request of `async_fetch`; it names topics, which is right up to version 12.
[[nodiscard]] KASIO_DECL protocol::fetch_request fetch_request_for(std::span<const fetch_position> from,
                                                                   const fetch_settings& settings);

/// Fetches what follows the positions, without a fetch session. The time-out of the request should be above
/// `settings.wait`.
template <class Token = boost::asio::deferred_t>
auto async_fetch(connection& line, std::span<const fetch_position> from, const fetch_settings& settings,
                 Token&& token = {}) {
    constexpr std::int16_t last_with_names = 12;
    const auto how = request_settings{}.max_version(last_with_names);
    return line.async_request(fetch_request_for(from, settings), how, std::forward<Token>(token));
}
/// The same for one partition.
template <class Token = boost::asio::deferred_t>
auto async_fetch(connection& line, std::string topic, std::int32_t partition, std::int64_t offset,
                 Token&& token = {}) {
    const fetch_position from{std::move(topic), partition, offset};
    return async_fetch(line, std::span{&from, 1}, fetch_settings{}, std::forward<Token>(token));
}

/// What `read_records` found.
class read_outcome {
public:
    read_outcome() {}
    std::vector<owned_record> records;
    /// Where to fetch from next; what was asked for when there was no whole batch.
    std::int64_t next_offset = -1;
    /// Reading stopped at a batch that is damaged (`corrupt_batch`), of a codec this build lacks
    /// (`compression_unavailable`), too large (`batch_too_large`) or from before Kafka 0.11
    /// (`unsupported_version`).
    error_code error;
};

/// Decodes the records of one partition of a Fetch answer: checks every batch, decompresses, leaves out
/// control batches and what lies below `offset`. Topic and partition of the records are `topic`, `partition`.
[[nodiscard]] KASIO_DECL read_outcome read_records(std::string topic, std::int32_t partition,
                                                   std::int64_t offset, bytes_view batches);

/// The offset of the first record at or after `time`; -2: the log's start, -1: its end.
template <class Token = boost::asio::deferred_t>
auto async_list_offset(connection& line, std::string topic, std::int32_t partition, std::int64_t time,
                       Token&& token = {}) {
    protocol::list_offsets_request request;
    request.replica_id = -1;
    auto& of = request.topics.emplace_back();
    of.name = std::move(topic);
    auto& where = of.partitions.emplace_back();
    where.partition_index = partition;
    where.timestamp = time;
    return line.async_request(std::move(request), std::forward<Token>(token));
}

} // namespace calls
KASIO_END_NAMESPACE
