// SPDX-License-Identifier: BSL-1.0
// OffsetCommit, OffsetFetch, OffsetDelete and TxnOffsetCommit.
#include "testing/group_answers.hpp"

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

// Topics go by id from these versions on.
constexpr std::int16_t first_commit_by_id = 10;
constexpr std::int16_t first_fetch_by_id = 10;
constexpr std::int16_t first_txn_commit_by_id = 6;
/// OffsetCommit's first that members of both protocols send.
constexpr std::int16_t first_with_epochs = 9;
/// TxnOffsetCommit's.
constexpr std::int16_t first_txn_with_epochs = 5;
/// OffsetFetch's.
constexpr std::int16_t first_with_group_error = 2;
constexpr std::int16_t first_of_many_groups = 8;

/// Who commits, and how.
struct committer {
    const std::string& group;
    const std::string& member_id;
    const std::optional<std::string>& instance_id;
    std::int32_t generation = -1;
    /// What to say of a group that does not exist to who claims to be a member.
    broker_errc unknown_group = broker_errc::illegal_generation;
    bool transactional = false;
    /// The request can carry epochs of the protocol in which the coordinator assigns.
    bool knows_epochs = false;
};

broker_errc check_commit(call& call, const committer& who) {
    if (const auto error = check_group(call, who.group); error != broker_errc::none) return error;
    group_entry* const group = call.state.groups.find(who.group);
    if (group == nullptr) return who.generation < 0 ? broker_errc::none : who.unknown_group;
    if (group->consumer) {
        const bool is_stranger = who.generation < 0 && !group->has_members();
        const bool is_right = who.knows_epochs || is_stranger || group->consumer->is_classic(who.member_id);
        return is_right ? broker_errc::none : broker_errc::unsupported_version;
    }
    if (!group->classic) return who.generation < 0 ? broker_errc::none : broker_errc::illegal_generation;
    return group->classic->check_commit(who.member_id, who.instance_id, who.generation, who.transactional,
                                        call.time);
}

/// What to say of one partition of a commit that is right as a whole.
template <class Partition>
broker_errc check_partition(call& call, const committer& who, const topic_state* topic, broker_errc unknown,
                            const Partition& partition) {
    if (topic == nullptr) return unknown;
    const group_entry* const group = call.state.groups.find(who.group);
    if (group != nullptr && group->consumer) {
        const broker_errc error = group->consumer->check_commit(who.member_id, who.generation,
                                                                {topic->id, partition.partition_index});
        if (error != broker_errc::none) return error;
    }
    if (topic->partition(partition.partition_index) == nullptr)
        return broker_errc::unknown_topic_or_partition;
    const std::size_t size = partition.committed_metadata ? partition.committed_metadata->size() : 0;
    const bool too_large = size > call.state.options.groups.max_offset_metadata;
    return too_large ? broker_errc::offset_metadata_too_large : broker_errc::none;
}

/// Both requests that commit offsets, and their answers, look alike.
template <class Request, class Response, class Store>
void commit_all(call& call, const committer& who, const Request& request, bool by_id, Response& response,
                Store store) {
    const broker_errc refused = check_commit(call, who);
    const broker_errc unknown =
        by_id ? broker_errc::unknown_topic_id : broker_errc::unknown_topic_or_partition;
    for (const auto& topic : request.topics) {
        const topic_state* const found =
            by_id ? call.state.topic(topic.topic_id) : call.state.topic(topic.name);
        auto& shown_topic = response.topics.emplace_back();
        shown_topic.name = topic.name;
        shown_topic.topic_id = topic.topic_id;
        for (const auto& partition : topic.partitions) {
            broker_errc error = refused;
            if (error == broker_errc::none) error = check_partition(call, who, found, unknown, partition);
            if (error == broker_errc::none) {
                store(found->name, partition.partition_index,
                      stored_offset{partition.committed_offset, partition.committed_leader_epoch,
                                    partition.committed_metadata.value_or("")});
            }
            auto& shown = shown_topic.partitions.emplace_back();
            shown.partition_index = partition.partition_index;
            shown.error_code = number(error);
        }
    }
}

/// One group's part of an OffsetFetch, of whichever shape.
class offset_reader {
public:
    offset_reader(call& call, const group_entry* group, bool require_stable)
        : call_{call}, group_{group}, require_stable_{require_stable} {}

    template <class Partitions>
    void read(const topic_state* topic, const std::string& name, std::int32_t partition, broker_errc unknown,
              Partitions& shown_partitions) const {
        auto& shown = shown_partitions.emplace_back();
        shown.partition_index = partition;
        shown.committed_offset = -1;
        broker_errc error = call_.injected;
        if (error == broker_errc::none && topic == nullptr) error = unknown;
        if (error == broker_errc::none && group_ != nullptr) error = fill(name, partition, shown);
        shown.error_code = number(error);
    }

    /// All that is there.
    template <class Topics>
    void read_all(bool by_id, Topics& shown_topics) const {
        if (group_ == nullptr) return;
        std::string last;
        for (const auto& [key, offset] : group_->offsets.all()) {
            if (shown_topics.empty() || key.first != last) {
                auto& shown = shown_topics.emplace_back();
                shown.name = last = key.first;
                if constexpr (requires { shown.topic_id; }) {
                    const topic_state* const topic = call_.state.topic(key.first);
                    if (by_id && topic != nullptr) shown.topic_id = topic->id;
                }
            }
            read(call_.state.topic(key.first), key.first, key.second, broker_errc::unknown_topic_or_partition,
                 shown_topics.back().partitions);
        }
    }

private:
    template <class Shown>
    broker_errc fill(const std::string& name, std::int32_t partition, Shown& shown) const {
        if (require_stable_ && group_->offsets.is_unstable(name, partition))
            return broker_errc::unstable_offset_commit;
        const stored_offset* const offset = group_->offsets.find(name, partition);
        if (offset == nullptr) return broker_errc::none;
        shown.committed_offset = offset->offset;
        shown.committed_leader_epoch = offset->leader_epoch;
        shown.metadata = offset->metadata;
        return broker_errc::none;
    }

    call& call_;
    const group_entry* group_;
    bool require_stable_;
};

/// Codes that OffsetFetch has for single partitions.
bool is_of_partition(broker_errc error) {
    return error == broker_errc::unstable_offset_commit || error == broker_errc::unknown_topic_or_partition ||
           error == broker_errc::unknown_topic_id || error == broker_errc::topic_authorization_failed;
}

broker_errc check_fetch(call& call, const std::string& group) {
    const broker_errc error = check_group(call, group);
    return is_of_partition(error) ? broker_errc::none : error;
}

void fetch_one(call& call, const protocol::offset_fetch_request& request,
               protocol::offset_fetch_response& response) {
    const broker_errc error = check_fetch(call, request.group_id);
    const bool of_group = error != broker_errc::none && call.version >= first_with_group_error;
    if (of_group) {
        response.error_code = number(error);
        return;
    }
    const offset_reader reader{call, call.state.groups.find(request.group_id), request.require_stable};
    if (!request.topics) return reader.read_all(false, response.topics);
    for (const auto& topic : *request.topics) {
        auto& shown = response.topics.emplace_back();
        shown.name = topic.name;
        for (const std::int32_t partition : topic.partition_indexes) {
            reader.read(call.state.topic(topic.name), topic.name, partition, broker_errc::none,
                        shown.partitions);
            if (error == broker_errc::none) continue;
            shown.partitions.back().committed_offset = -1;
            shown.partitions.back().error_code = number(error);
        }
    }
}

void fetch_of(call& call, const protocol::offset_fetch_request::offset_fetch_request_group& asked,
              bool require_stable,
              protocol::offset_fetch_response::offset_fetch_response_group& shown_group) {
    shown_group.group_id = asked.group_id;
    broker_errc error = check_fetch(call, asked.group_id);
    const group_entry* const group = call.state.groups.find(asked.group_id);
    // Who says that it is a member must be one.
    if (error == broker_errc::none && group != nullptr && group->consumer && asked.member_id)
        error = group->consumer->check_fetch(*asked.member_id, asked.member_epoch);
    shown_group.error_code = number(error);
    if (error != broker_errc::none) return;
    const bool by_id = call.version >= first_fetch_by_id;
    const offset_reader reader{call, group, require_stable};
    if (!asked.topics) return reader.read_all(by_id, shown_group.topics);
    for (const auto& topic : *asked.topics) {
        const topic_state* const found =
            by_id ? call.state.topic(topic.topic_id) : call.state.topic(topic.name);
        auto& shown = shown_group.topics.emplace_back();
        shown.name = topic.name;
        shown.topic_id = topic.topic_id;
        const std::string name = found == nullptr ? topic.name : found->name;
        for (const std::int32_t partition : topic.partition_indexes) {
            reader.read(found, name, partition, by_id ? broker_errc::unknown_topic_id : broker_errc::none,
                        shown.partitions);
        }
    }
}

} // namespace

protocol::offset_commit_response answer(call& call, const protocol::offset_commit_request& request) {
    protocol::offset_commit_response response;
    const committer who{
        request.group_id,
        request.member_id,
        request.group_instance_id,
        request.generation_id_or_member_epoch,
        call.version >= first_with_epochs ? broker_errc::group_id_not_found : broker_errc::illegal_generation,
        false,
        call.version >= first_with_epochs};
    commit_all(call, who, request, call.version >= first_commit_by_id, response,
               [&](const std::string& topic, std::int32_t partition, stored_offset offset) {
                   group_entry& group = call.state.groups.open(request.group_id, call.node);
                   group.note_commit({topic, partition, offset.offset, who.member_id, who.generation});
                   group.offsets.commit(topic, partition, std::move(offset));
               });
    call.state.mark_changed();
    return response;
}

protocol::txn_offset_commit_response answer(call& call, const protocol::txn_offset_commit_request& request) {
    protocol::txn_offset_commit_response response;
    const committer who{request.group_id,
                        request.member_id,
                        request.group_instance_id,
                        request.generation_id_or_member_epoch,
                        broker_errc::illegal_generation,
                        true,
                        call.version >= first_txn_with_epochs};
    commit_all(call, who, request, call.version >= first_txn_commit_by_id, response,
               [&](const std::string& topic, std::int32_t partition, stored_offset offset) {
                   call.state.groups.open(request.group_id, call.node)
                       .offsets.commit_pending(request.producer_id, topic, partition, std::move(offset));
               });
    return response;
}

protocol::offset_fetch_response answer(call& call, const protocol::offset_fetch_request& request) {
    protocol::offset_fetch_response response;
    if (call.version < first_of_many_groups) {
        fetch_one(call, request, response);
        return response;
    }
    for (const auto& asked : request.groups)
        fetch_of(call, asked, request.require_stable, response.groups.emplace_back());
    return response;
}

protocol::offset_delete_response answer(call& call, const protocol::offset_delete_request& request) {
    protocol::offset_delete_response response;
    broker_errc error = check_group(call, request.group_id);
    group_entry* const group = call.state.groups.find(request.group_id);
    if (error == broker_errc::none && group == nullptr) error = broker_errc::group_id_not_found;
    response.error_code = number(error);
    if (error != broker_errc::none) return response;
    for (const auto& topic : request.topics) {
        auto& shown_topic = response.topics.emplace_back();
        shown_topic.name = topic.name;
        const topic_state* const found = call.state.topic(topic.name);
        const bool in_use = group->is_subscribed(topic.name);
        for (const auto& partition : topic.partitions) {
            auto& shown = shown_topic.partitions.emplace_back();
            shown.partition_index = partition.partition_index;
            const bool known = found != nullptr && found->partition(partition.partition_index) != nullptr;
            const broker_errc result = !known   ? broker_errc::unknown_topic_or_partition
                                       : in_use ? broker_errc::group_subscribed_to_topic
                                                : broker_errc::none;
            shown.error_code = number(result);
            if (result == broker_errc::none) group->offsets.erase(topic.name, partition.partition_index);
        }
    }
    call.state.mark_changed();
    return response;
}

} // namespace testing
KASIO_END_NAMESPACE
