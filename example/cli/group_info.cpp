// SPDX-License-Identifier: BSL-1.0
#include "group_info.hpp"

#include <kasio/calls/member_bytes.hpp>
#include <kasio/messages/consumer_group.hpp>
#include <kasio/messages/group_admin.hpp>
#include <kasio/messages/metadata.hpp>
#include <kasio/messages/offset.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace asio = boost::asio;

namespace cli {

namespace {

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);
/// Later versions take many groups, and name topics by id.
constexpr std::int16_t last_with_one_group = 7;

/// As numbered by the wire; success is none.
kasio::error_code error_of(std::int16_t code) { return kasio::from_broker(code); }

/// Each partition that somebody has, and each with a committed offset, once and in order.
group_progress& progress_in(group_info& group, const kasio::topic_partition& partition) {
    auto& all = group.progress;
    const auto at =
        std::lower_bound(all.begin(), all.end(), partition,
                         [](const auto& each, const auto& wanted) { return each.partition < wanted; });
    if (at != all.end() && at->partition == partition) return *at;
    group_progress made;
    made.partition = partition;
    return *all.insert(at, std::move(made));
}

template <class Member>
group_member member_of(const Member& said) {
    group_member made;
    made.id = said.member_id;
    made.client = said.client_id;
    made.host = said.client_host;
    return made;
}

void take(group_info& group, const kasio::protocol::offset_fetch_response& said) {
    for (const auto& topic : said.topics) {
        for (const auto& each : topic.partitions) {
            auto& progress = progress_in(group, {topic.name, each.partition_index});
            progress.error = error_of(each.error_code);
            if (each.committed_offset >= 0) progress.committed = each.committed_offset;
        }
    }
}

} // namespace

asio::awaitable<found_groups> group_scout::list() {
    found_groups found;
    kasio::protocol::metadata_request of_no_topic;
    of_no_topic.allow_auto_topic_creation = false;
    const auto any = kasio::destination::any();
    const kasio::request_settings settings{limit_};
    const auto [error, known] = co_await kafka_.async_request(
        of_no_topic, any, settings, asio::bind_cancellation_slot(cancel_.slot(), as_tuple));
    found.error = error;
    if (error) {
        found.where = "brokers";
        co_return found;
    }
    for (const auto& broker : known->brokers) co_await list_of(broker.node_id, found);
    std::sort(found.groups.begin(), found.groups.end(),
              [](const auto& one, const auto& other) { return one.id < other.id; });
    co_return found;
}

asio::awaitable<void> group_scout::list_of(std::int32_t node, found_groups& found) {
    const kasio::protocol::list_groups_request all;
    const auto where = kasio::destination::node(node);
    const kasio::request_settings settings{limit_};
    const auto [error, said] = co_await kafka_.async_request(
        all, where, settings, asio::bind_cancellation_slot(cancel_.slot(), as_tuple));
    const auto problem = error ? error : error_of(said->error_code);
    if (problem && !found.error) {
        found.error = problem;
        found.where = "broker " + std::to_string(node);
    }
    for (const auto& each : said->groups) {
        auto& group = found.groups.emplace_back();
        group.id = each.group_id;
        group.state = each.group_state;
        group.type = each.group_type;
        group.protocol = each.protocol_type;
        group.coordinator = node;
    }
}

asio::awaitable<void> group_scout::describe(group_info& group, const kasio::consumer_options& read) {
    const bool is_new = co_await describe_new(group);
    if (!is_new && !group.error) co_await describe_classic(group);
    for (const auto& member : group.members)
        for (const auto& each : member.partitions) progress_in(group, each).member = &member;
    if (!group.error) co_await find_committed(group);
    if (!group.error) co_await find_ends(group, read);
}

asio::awaitable<bool> group_scout::describe_new(group_info& group) {
    kasio::protocol::consumer_group_describe_request request;
    request.group_ids.push_back(group.id);
    const auto where = kasio::destination::group(group.id);
    const kasio::request_settings settings{limit_};
    const auto [error, said] = co_await kafka_.async_request(
        request, where, settings, asio::bind_cancellation_slot(cancel_.slot(), as_tuple));
    // A broker from before Kafka 4 has groups of the other kind only.
    if (error == kasio::errc::unsupported_version) co_return false;
    group.error = error;
    if (error || said->groups.empty()) co_return false;
    const auto& about = said->groups.front();
    const auto problem = error_of(about.error_code);
    if (problem == kasio::broker_errc::group_id_not_found ||
        problem == kasio::broker_errc::unsupported_version)
        co_return false;
    group.error = problem;
    if (problem) co_return false;
    group.state = about.group_state;
    group.type = "consumer";
    group.assignor = about.assignor_name;
    group.coordinator = said.node();
    for (const auto& each : about.members) {
        auto& member = group.members.emplace_back(member_of(each));
        member.instance = each.instance_id;
        for (const auto& topic : each.assignment.topic_partitions)
            for (const auto number : topic.partitions)
                member.partitions.emplace_back(topic.topic_name, number);
    }
    co_return true;
}

asio::awaitable<void> group_scout::describe_classic(group_info& group) {
    kasio::protocol::describe_groups_request request;
    request.groups.push_back(group.id);
    const auto where = kasio::destination::group(group.id);
    const kasio::request_settings settings{limit_};
    const auto [error, said] = co_await kafka_.async_request(
        request, where, settings, asio::bind_cancellation_slot(cancel_.slot(), as_tuple));
    group.error = error;
    if (error || said->groups.empty()) co_return;
    const auto& about = said->groups.front();
    group.error = error_of(about.error_code);
    // Before Kafka 4 a group that does not exist was called dead.
    if (!group.error && about.group_state == "Dead") group.error = kasio::broker_errc::group_id_not_found;
    if (group.error) co_return;
    group.state = about.group_state;
    group.type = "classic";
    group.assignor = about.protocol_data;
    group.coordinator = said.node();
    for (const auto& each : about.members) {
        auto& member = group.members.emplace_back(member_of(each));
        member.instance = each.group_instance_id;
        // Groups of other kinds (Connect's workers) have bytes of their own.
        kasio::member_assignment has;
        if (about.protocol_type != "consumer" || kasio::calls::read_assignment(each.member_assignment, has))
            continue;
        for (const auto& topic : has.partitions)
            for (const auto number : topic.partitions) member.partitions.emplace_back(topic.topic, number);
    }
}

asio::awaitable<void> group_scout::find_committed(group_info& group) {
    kasio::protocol::offset_fetch_request request;
    request.group_id = group.id;
    request.topics.reset(); // all
    const auto where = kasio::destination::group(group.id);
    kasio::request_settings settings{limit_};
    settings.max_version(last_with_one_group);
    const auto [error, said] = co_await kafka_.async_request(
        request, where, settings, asio::bind_cancellation_slot(cancel_.slot(), as_tuple));
    group.error = error ? error : error_of(said->error_code);
    if (!group.error) take(group, *said);
}

asio::awaitable<void> group_scout::find_ends(group_info& group, const kasio::consumer_options& read) {
    auto options = read;
    options.group_id.clear();
    options.group_instance_id.clear();
    kasio::consumer scout{kafka_, options};
    std::vector<kasio::topic_partition> partitions;
    for (const auto& each : group.progress) partitions.push_back(each.partition);
    const auto [error, ends] = co_await scout.async_end_offsets(
        std::move(partitions), asio::bind_cancellation_slot(cancel_.slot(), as_tuple));
    for (const auto& each : ends) {
        auto& progress = progress_in(group, each.partition);
        if (!each.error && each.offset >= 0) progress.end = each.offset;
        else if (!progress.error) progress.error = each.error;
    }
    // What single partitions said is with them.
    if (error && ends.empty()) group.error = error;
    co_await scout.async_close(as_tuple);
}

} // namespace cli
