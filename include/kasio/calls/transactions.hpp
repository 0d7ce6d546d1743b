// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/calls/groups.hpp>
#include <kasio/connection.hpp>
#include <kasio/messages/producer_id.hpp>
#include <kasio/messages/transaction.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace calls {

/// A transactional producer, as InitProducerId made it.
class transactional_producer {
public:
    transactional_producer(std::string transactional_id, std::int64_t producer_id,
                           std::int16_t producer_epoch)
        : id{std::move(transactional_id)}, number{producer_id}, epoch{producer_epoch} {}
    std::string id;
    std::int64_t number;
    std::int16_t epoch;
};

/// A producer id for idempotence; with a transactional id that of its producer, whose predecessor is fenced
/// and whose open transaction is aborted. Without one any broker may be asked, else its coordinator.
template <class Token = boost::asio::deferred_t>
auto async_init_producer_id(connection& line, std::optional<std::string> transactional_id,
                            std::chrono::milliseconds transaction_timeout, Token&& token = {}) {
    protocol::init_producer_id_request request;
    request.transactional_id = std::move(transactional_id);
    request.transaction_timeout_ms = static_cast<std::int32_t>(transaction_timeout.count());
    return line.async_request(std::move(request), std::forward<Token>(token));
}

/// Tells the coordinator which partitions of a topic the transaction will write, before it does.
template <class Token = boost::asio::deferred_t>
auto async_add_partitions(connection& line, transactional_producer who, std::string topic,
                          std::vector<std::int32_t> partitions, Token&& token = {}) {
    protocol::add_partitions_to_txn_request request;
    request.v3_and_below_transactional_id = std::move(who.id);
    request.v3_and_below_producer_id = who.number;
    request.v3_and_below_producer_epoch = who.epoch;
    auto& added = request.v3_and_below_topics.emplace_back();
    added.name = std::move(topic);
    added.partitions = std::move(partitions);
    return line.async_request(std::move(request), std::forward<Token>(token));
}

/// Tells the coordinator of the transaction that offsets of a group will be part of it.
template <class Token = boost::asio::deferred_t>
auto async_add_offsets(connection& line, transactional_producer who, std::string group, Token&& token = {}) {
    protocol::add_offsets_to_txn_request request;
    request.transactional_id = std::move(who.id);
    request.producer_id = who.number;
    request.producer_epoch = who.epoch;
    request.group_id = std::move(group);
    return line.async_request(std::move(request), std::forward<Token>(token));
}

/// Commits offsets of a group as part of a transaction: asks the group's coordinator.
template <class Token = boost::asio::deferred_t>
auto async_commit_transaction_offsets(connection& line, transactional_producer who, std::string group,
                                      std::vector<group_offset> offsets, Token&& token = {}) {
    protocol::txn_offset_commit_request request;
    request.transactional_id = std::move(who.id);
    request.group_id = std::move(group);
    request.producer_id = who.number;
    request.producer_epoch = who.epoch;
    for (auto& each : offsets) {
        auto& topic = request.topics.emplace_back();
        topic.name = std::move(each.topic);
        auto& partition = topic.partitions.emplace_back();
        partition.partition_index = each.partition;
        partition.committed_offset = each.offset;
        partition.committed_metadata = std::move(each.metadata);
    }
    constexpr std::int16_t last_with_names = 4; // 5 promises KIP-890's way of adding partitions
    const auto settings = request_settings{}.max_version(last_with_names);
    return line.async_request(std::move(request), settings, std::forward<Token>(token));
}

/// Commits or aborts. After an answer that was lost nothing is known: ask the same again, never the other way
/// round.
template <class Token = boost::asio::deferred_t>
auto async_end_transaction(connection& line, transactional_producer who, bool commit, Token&& token = {}) {
    protocol::end_txn_request request;
    request.transactional_id = std::move(who.id);
    request.producer_id = who.number;
    request.producer_epoch = who.epoch;
    request.committed = commit;
    constexpr std::int16_t last_with_steady_epochs = 4; // 5 raises the epoch with each transaction (KIP-890)
    const auto settings = request_settings{}.max_version(last_with_steady_epochs);
    return line.async_request(std::move(request), settings, std::forward<Token>(token));
}

} // namespace calls
KASIO_END_NAMESPACE
