// SPDX-License-Identifier: BSL-1.0
#include "testing/fetch_sessions.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

// Fetch versions: sessions came with 7, topics go by id since 13.
constexpr std::int16_t first_with_sessions = 7;
constexpr std::int16_t first_by_id = 13;
// Epochs with a meaning of their own.
constexpr std::int32_t outside = -1;
constexpr std::int32_t beginning = 0;

std::vector<session_partition> named_by(const protocol::fetch_request& request) {
    std::vector<session_partition> all;
    for (const auto& topic : request.topics) {
        for (const auto& wanted : topic.partitions) all.push_back({topic.topic_id, topic.topic, wanted});
    }
    return all;
}

} // namespace

void fetch_sessions::apply(const protocol::fetch_request& request, bool by_id,
                           std::vector<session_partition>& partitions) {
    const auto find = [&](const uuid& id, const std::string& name, std::int32_t partition) {
        return std::find_if(partitions.begin(), partitions.end(), [&](const session_partition& each) {
            return each.wanted.partition == partition && (by_id ? each.topic_id == id : each.topic == name);
        });
    };
    for (const auto& topic : request.forgotten_topics_data) {
        for (const auto partition : topic.partitions) {
            const auto place = find(topic.topic_id, topic.topic, partition);
            if (place != partitions.end()) partitions.erase(place);
        }
    }
    for (auto& changed : named_by(request)) {
        const auto place = find(changed.topic_id, changed.topic, changed.wanted.partition);
        if (place != partitions.end()) place->wanted = changed.wanted;
        else partitions.push_back(std::move(changed));
    }
}

fetch_context fetch_sessions::open(int node, const protocol::fetch_request& request,
                                   std::int16_t version) const {
    fetch_context context;
    context.by_id = version >= first_by_id;
    if (version < first_with_sessions || request.session_epoch == outside ||
        request.session_epoch == beginning) {
        context.ended = request.session_id;
        context.begins = version >= first_with_sessions && request.session_epoch == beginning;
        context.partitions = named_by(request);
        return context;
    }
    const auto place = sessions_.find({node, request.session_id});
    if (place == sessions_.end()) {
        context.error = broker_errc::fetch_session_id_not_found;
    } else if (place->second.epoch != request.session_epoch) {
        context.error = broker_errc::invalid_fetch_session_epoch;
    } else if (place->second.by_id != context.by_id) {
        context.error = broker_errc::fetch_session_topic_id_error;
    } else {
        context.partitions = place->second.partitions;
        apply(request, context.by_id, context.partitions);
        context.incremental = !context.partitions.empty();
        // A session that reads nothing any more ends.
        if (context.incremental) context.session = request.session_id;
        else context.ended = request.session_id;
    }
    return context;
}

std::int32_t fetch_sessions::settle(int node, fetch_context context) {
    if (context.ended != 0) sessions_.erase({node, context.ended});
    if (context.begins && !context.partitions.empty() && count(node) < limit) {
        context.session = ++last_id_;
        sessions_[{node, context.session}].by_id = context.by_id;
    }
    const auto place = sessions_.find({node, context.session});
    if (place == sessions_.end()) return 0;
    auto& [id, session] = *place;
    if (context.incremental) {
        session.epoch = session.epoch == std::numeric_limits<std::int32_t>::max() ? 1 : session.epoch + 1;
    }
    session.partitions = std::move(context.partitions);
    return id.second;
}

void fetch_sessions::forget(int node) {
    std::erase_if(sessions_, [node](const auto& each) { return each.first.first == node; });
}

std::size_t fetch_sessions::count(int node) const {
    return static_cast<std::size_t>(
        std::distance(sessions_.lower_bound({node, 0}), sessions_.lower_bound({node + 1, 0})));
}

} // namespace testing
KASIO_END_NAMESPACE
