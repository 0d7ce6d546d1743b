// SPDX-License-Identifier: BSL-1.0
#include "testing/topic_config.hpp"

#include "testing/cluster_state.hpp"

#include <charconv>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

template <class Number>
bool read(std::string_view value, Number& to) {
    const auto* const all = value.data() + value.size();
    const auto [end, error] = std::from_chars(value.data(), all, to);
    return error == std::errc{} && end == all;
}

} // namespace

broker_errc set_topic_config(topic_state* topic, std::string_view name, std::string_view value) {
    topic_state unused;
    topic_state& to = topic == nullptr ? unused : *topic;
    bool valid = true;
    if (name == "max.message.bytes") {
        valid = read(value, to.max_message_bytes);
    } else if (name == "min.insync.replicas") {
        valid = read(value, to.min_in_sync) && to.min_in_sync > 0;
    } else if (name == "message.timestamp.type") {
        valid = value == "CreateTime" || value == "LogAppendTime";
        to.log_append_time = value == "LogAppendTime";
    } else if (name == "cleanup.policy") {
        const bool compacts = value.find("compact") != std::string_view::npos;
        valid = compacts || value == "delete";
        to.compacted = compacts;
    }
    return valid ? broker_errc::none : broker_errc::invalid_config;
}

} // namespace testing
KASIO_END_NAMESPACE
