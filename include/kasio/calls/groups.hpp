// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/connection.hpp>
#include <kasio/destination.hpp>
#include <kasio/messages/coordinator.hpp>
#include <kasio/messages/group.hpp>
#include <kasio/messages/offset.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace calls {

/// Which broker is in charge of a group or a transactional id. Any broker may be asked; the answer is in the
/// members at the top of the response.
template <class Token = boost::asio::deferred_t>
auto async_find_coordinator(connection& line, coordinator_kind kind, std::string key, Token&& token = {}) {
    constexpr std::int16_t last_with_one_key = 3; // later ones take and give lists (KIP-699)
    protocol::find_coordinator_request request;
    request.key = std::move(key);
    request.key_type = static_cast<std::int8_t>(kind);
    const auto settings = request_settings{}.max_version(last_with_one_key);
    return line.async_request(std::move(request), settings, std::forward<Token>(token));
}

/// Joins a group of the classic protocol: who, for how long, and with which assignors. The coordinator holds
/// the answer back until all members have joined, up to `rebalance_timeout_ms`: give `settings` a time-out
/// above that. What `protocols` views must live until the handler is called.
template <class Token = boost::asio::deferred_t>
auto async_join_group(connection& line, protocol::join_group_request request, request_settings settings,
                      Token&& token = {}) {
    if (request.protocol_type.empty()) request.protocol_type = "consumer";
    return line.async_request(std::move(request), settings, std::forward<Token>(token));
}

/// Gives, as the leader, everybody's assignment, and gets one's own. What `assignments` views must live until
/// the handler is called; members other than the leader give none.
template <class Token = boost::asio::deferred_t>
auto async_sync_group(connection& line, std::string group, std::int32_t generation, std::string member,
                      std::vector<protocol::sync_group_request::sync_group_request_assignment> assignments,
                      Token&& token = {}) {
    protocol::sync_group_request request;
    request.group_id = std::move(group);
    request.generation_id = generation;
    request.member_id = std::move(member);
    request.assignments = std::move(assignments);
    constexpr std::int16_t last_without_names = 4; // 5 repeats protocol type and name (KIP-559)
    const auto settings = request_settings{}.max_version(last_without_names);
    return line.async_request(std::move(request), settings, std::forward<Token>(token));
}

template <class Token = boost::asio::deferred_t>
auto async_heartbeat(connection& line, std::string group, std::int32_t generation, std::string member,
                     Token&& token = {}) {
    protocol::heartbeat_request request;
    request.group_id = std::move(group);
    request.generation_id = generation;
    request.member_id = std::move(member);
    return line.async_request(std::move(request), std::forward<Token>(token));
}

template <class Token = boost::asio::deferred_t>
auto async_leave_group(connection& line, std::string group, std::string member, Token&& token = {}) {
    constexpr std::int16_t last_with_one_member = 2; // later ones take lists (KIP-345)
    protocol::leave_group_request request;
    request.group_id = std::move(group);
    request.member_id = std::move(member);
    const auto settings = request_settings{}.max_version(last_with_one_member);
    return line.async_request(std::move(request), settings, std::forward<Token>(token));
}

/// An offset to commit: that of the next record to read.
class group_offset {
public:
    group_offset(std::string topic_name, std::int32_t number, std::int64_t next, std::string text = {})
        : topic{std::move(topic_name)}, partition{number}, offset{next}, metadata{std::move(text)} {}
    std::string topic;
    std::int32_t partition;
    std::int64_t offset;
    std::string metadata;
};

/// Who commits: with a generation as a member of the group, without (the default) as one who has partitions
/// assigned by hand.
class group_member_id {
public:
    group_member_id() {}
    group_member_id(std::int32_t generation_id, std::string member_id)
        : generation{generation_id}, member{std::move(member_id)} {}
    std::int32_t generation = -1;
    std::string member;
};

template <class Token = boost::asio::deferred_t>
auto async_commit_offsets(connection& line, std::string group, group_member_id who,
                          std::vector<group_offset> offsets, Token&& token = {}) {
    protocol::offset_commit_request request;
    request.group_id = std::move(group);
    request.generation_id_or_member_epoch = who.generation;
    request.member_id = std::move(who.member);
    for (auto& each : offsets) {
        auto& topic = request.topics.emplace_back();
        topic.name = std::move(each.topic);
        auto& partition = topic.partitions.emplace_back();
        partition.partition_index = each.partition;
        partition.committed_offset = each.offset;
        partition.committed_metadata = std::move(each.metadata);
    }
    constexpr std::int16_t last_with_names = 9; // later ones name topics by id
    const auto settings = request_settings{}.max_version(last_with_names);
    return line.async_request(std::move(request), settings, std::forward<Token>(token));
}

/// What a group has committed for partitions of one topic: in the `topics` of the response.
template <class Token = boost::asio::deferred_t>
auto async_fetch_offsets(connection& line, std::string group, std::string topic,
                         std::vector<std::int32_t> partitions, Token&& token = {}) {
    constexpr std::int16_t last_with_one_group = 7;
    protocol::offset_fetch_request request;
    request.group_id = std::move(group);
    auto& of = request.topics->emplace_back();
    of.name = std::move(topic);
    of.partition_indexes = std::move(partitions);
    const auto settings = request_settings{}.max_version(last_with_one_group);
    return line.async_request(std::move(request), settings, std::forward<Token>(token));
}

} // namespace calls
KASIO_END_NAMESPACE
