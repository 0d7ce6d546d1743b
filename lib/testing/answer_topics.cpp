// SPDX-License-Identifier: BSL-1.0
// CreateTopics and DeleteTopics.
#include "testing/answers.hpp"
#include "testing/topic_config.hpp"

#include <string>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

/// Takes over the settings that change what the cluster does.
template <class Configs>
broker_errc apply_configs(const Configs& configs, topic_state* topic) {
    for (const auto& config : configs) {
        if (!config.value) continue;
        const auto error = set_topic_config(topic, config.name, *config.value);
        if (error != broker_errc::none) return error;
    }
    return broker_errc::none;
}

template <class Wanted, class Shown>
broker_errc create(call& call, const Wanted& wanted, bool validate_only, Shown& shown) {
    if (call.is_injected()) return call.injected;
    if (const auto error = apply_configs(wanted.configs, nullptr); error != broker_errc::none) return error;
    int partitions = wanted.num_partitions;
    int replicas = wanted.replication_factor;
    if (!wanted.assignments.empty()) {
        partitions = static_cast<int>(wanted.assignments.size());
        replicas = static_cast<int>(wanted.assignments.front().broker_ids.size());
    }
    if (validate_only) return call.state.check_new_topic(wanted.name, partitions, replicas);
    const broker_errc error = call.state.create_topic(wanted.name, partitions, replicas);
    if (error != broker_errc::none) return error;
    topic_state& topic = *call.state.topic(wanted.name);
    static_cast<void>(apply_configs(wanted.configs, &topic));
    if (call.version >= 7) shown.topic_id = topic.id;
    if (call.version >= 5) {
        shown.num_partitions = static_cast<std::int32_t>(topic.partitions.size());
        shown.replication_factor = static_cast<std::int16_t>(topic.partitions.front()->replicas.size());
    }
    return broker_errc::none;
}

template <class Shown>
void remove(call& call, const topic_state* topic, broker_errc unknown, Shown& shown) {
    broker_errc error = topic == nullptr ? unknown : broker_errc::none;
    if (call.is_injected()) error = call.injected;
    if (topic != nullptr) {
        shown.name = topic->name;
        if (call.version >= 6) shown.topic_id = topic->id;
    }
    shown.error_code = number(error);
    if (error == broker_errc::none) call.state.delete_topic(std::string{topic->name});
}

} // namespace

protocol::create_topics_response answer(call& call, const protocol::create_topics_request& request) {
    protocol::create_topics_response response;
    for (const auto& wanted : request.topics) {
        auto& shown = response.topics.emplace_back();
        shown.name = wanted.name;
        shown.error_code = number(create(call, wanted, request.validate_only, shown));
    }
    return response;
}

protocol::delete_topics_response answer(call& call, const protocol::delete_topics_request& request) {
    protocol::delete_topics_response response;
    for (const std::string& name : request.topic_names) {
        auto& shown = response.responses.emplace_back();
        shown.name = name;
        remove(call, call.state.topic(name), broker_errc::unknown_topic_or_partition, shown);
    }
    for (const auto& wanted : request.topics) {
        auto& shown = response.responses.emplace_back();
        if (wanted.name) {
            shown.name = *wanted.name;
            remove(call, call.state.topic(*wanted.name), broker_errc::unknown_topic_or_partition, shown);
        } else {
            shown.topic_id = wanted.topic_id;
            remove(call, call.state.topic(wanted.topic_id), broker_errc::unknown_topic_id, shown);
        }
    }
    return response;
}

} // namespace testing
KASIO_END_NAMESPACE
