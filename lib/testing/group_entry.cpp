// SPDX-License-Identifier: BSL-1.0
#include "testing/group_entry.hpp"

#include "protocol/codec.hpp"
#include "protocol/messages/consumer_protocol.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

/// Reads what members tell each other: a version, of which later ones only add, and the body.
template <class Stored>
bool read(bytes_view bytes, Stored& out) {
    std::int16_t version = 0;
    return !protocol::decode_stored(bytes.bytes(), out, version).failed();
}

} // namespace

bool group_entry::has_members() const {
    if (consumer) return !consumer->members().empty();
    return classic && classic->state() != classic_group::phase::empty;
}

bool group_entry::is_subscribed(std::string_view topic) const {
    if (consumer) return consumer->is_subscribed(std::string{topic});
    if (!classic) return false;
    const auto wants = [&](const classic_member& member) {
        return std::any_of(member.protocols.begin(), member.protocols.end(), [&](const auto& protocol) {
            const auto topics = topics_of(protocol.second.view());
            return std::find(topics.begin(), topics.end(), topic) != topics.end();
        });
    };
    return std::any_of(classic->members().begin(), classic->members().end(), wants);
}

void group_entry::note_commit(noted_commit commit) {
    commits.push_back(std::move(commit));
    if (commits.size() > commits_kept) commits.pop_front();
}

std::vector<std::string> topics_of(bytes_view subscription) {
    protocol::consumer_protocol_subscription read_in;
    return read(subscription, read_in) ? read_in.topics : std::vector<std::string>{};
}

std::vector<std::pair<std::string, std::int32_t>> partitions_of(bytes_view assignment) {
    std::vector<std::pair<std::string, std::int32_t>> partitions;
    protocol::consumer_protocol_assignment read_in;
    if (!read(assignment, read_in)) return partitions;
    for (const auto& topic : read_in.assigned_partitions)
        for (const std::int32_t partition : topic.partitions) partitions.emplace_back(topic.topic, partition);
    std::sort(partitions.begin(), partitions.end());
    return partitions;
}

} // namespace testing
KASIO_END_NAMESPACE
