// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/connection.hpp>
#include <kasio/messages/api_versions.hpp>
#include <kasio/messages/metadata.hpp>
#include <kasio/messages/topic.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace calls {

/// Which requests the broker takes, at which versions, and its features (KIP-35, KIP-584).
template <class Token = boost::asio::deferred_t>
auto async_api_versions(connection& line, Token&& token = {}) {
    protocol::api_versions_request request;
    request.client_software_name = "kasio";
    request.client_software_version = "0";
    return line.async_request(std::move(request), std::forward<Token>(token));
}

/// Brokers, controller, and the named topics with their partitions; none is created. Without names: no topic.
template <class Token = boost::asio::deferred_t>
auto async_metadata(connection& line, std::vector<std::string> topics, Token&& token = {}) {
    protocol::metadata_request request;
    request.topics.emplace();
    for (auto& each : topics) request.topics->emplace_back().name = std::move(each);
    request.allow_auto_topic_creation = false;
    return line.async_request(std::move(request), std::forward<Token>(token));
}
/// The same for one topic.
template <class Token = boost::asio::deferred_t>
auto async_metadata(connection& line, const char* topic, Token&& token = {}) {
    return async_metadata(line, std::vector<std::string>{topic}, std::forward<Token>(token));
}

/// Creates a topic; -1 leaves the number of partitions or replicas to the broker (Kafka 2.4 and later).
/// Completes when the controller has it, or after `wait` (`REQUEST_TIMED_OUT`, 7, in the topic: it may appear
/// all the same). Brokers before Kafka 3 that are not the controller answer `NOT_CONTROLLER`, 41.
template <class Token = boost::asio::deferred_t>
auto async_create_topic(connection& line, std::string name, std::int32_t partitions, std::int16_t replicas,
                        std::chrono::milliseconds wait, Token&& token = {}) {
    protocol::create_topics_request request;
    auto& topic = request.topics.emplace_back();
    topic.name = std::move(name);
    topic.num_partitions = partitions;
    topic.replication_factor = replicas;
    request.timeout_ms = static_cast<std::int32_t>(wait.count());
    return line.async_request(std::move(request), std::forward<Token>(token));
}

/// Deletes a topic by its name. `wait` and who may be asked are as for creating.
template <class Token = boost::asio::deferred_t>
auto async_delete_topic(connection& line, std::string name, std::chrono::milliseconds wait,
                        Token&& token = {}) {
    constexpr std::int16_t last_with_plain_names = 5; // later ones wrap them, for ids (KIP-516)
    protocol::delete_topics_request request;
    request.topic_names.push_back(std::move(name));
    request.timeout_ms = static_cast<std::int32_t>(wait.count());
    const auto settings = request_settings{}.max_version(last_with_plain_names);
    return line.async_request(std::move(request), settings, std::forward<Token>(token));
}

} // namespace calls
KASIO_END_NAMESPACE
