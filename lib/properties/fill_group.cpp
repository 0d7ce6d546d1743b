// SPDX-License-Identifier: BSL-1.0
#include "properties/draft.hpp"

#include <kasio/assignor.hpp>

#include <array>
#include <limits>

KASIO_BEGIN_NAMESPACE

namespace {

using text = std::string_view;
using k = consumer_options;

template <auto Member>
wrong_value set_text(draft& to, text value) {
    to.options.consumer.*Member = std::string{trimmed(value)};
    return {};
}
template <auto Member>
wrong_value set_flag(draft& to, text value) {
    return read_flag(value, to.options.consumer.*Member);
}
template <auto Member>
wrong_value set_time(draft& to, text value) {
    return read_milliseconds(value, 1, to.options.consumer.*Member);
}

wrong_value set_protocol(draft& to, text value) {
    const auto protocol = lower_case(trimmed(value));
    auto& member = to.options.consumer.group_protocol;
    if (protocol == "classic") member = group_protocol::classic;
    else if (protocol == "consumer") member = group_protocol::consumer;
    else if (protocol == "automatic") member = group_protocol::automatic;
    else return "is none of classic, consumer, automatic";
    return {};
}

/// Java names classes, librdkafka the assignors themselves.
std::string_view short_name(text name) {
    const auto last = name.substr(name.rfind('.') + 1);
    if (last == "RangeAssignor") return "range";
    if (last == "RoundRobinAssignor") return "roundrobin";
    if (last == "StickyAssignor") return "sticky";
    if (last == "CooperativeStickyAssignor") return "cooperative-sticky";
    return name;
}

wrong_value set_assignors(draft& to, text value) {
    std::vector<std::shared_ptr<assignor>> found;
    for (const auto each : list_of(value)) {
        auto one = find_assignor(short_name(each));
        if (!one)
            return "names none of range, roundrobin, sticky, cooperative-sticky: give one of your own as "
                   "consumer_options::assignors";
        found.push_back(std::move(one));
    }
    to.options.consumer.assignors = std::move(found);
    return {};
}

constexpr auto all = std::to_array<setting>({
    {"group.id", set_text<&k::group_id>},
    {"group.instance.id", set_text<&k::group_instance_id>},
    {"group.protocol", set_protocol},
    {"group.remote.assignor", set_text<&k::remote_assignor>},
    {"partition.assignment.strategy", set_assignors},
    {"session.timeout.ms", set_time<&k::session_timeout>},
    {"heartbeat.interval.ms", set_time<&k::heartbeat_interval>},
    {"max.poll.interval.ms", set_time<&k::max_poll_interval>},
    {"enable.auto.commit", set_flag<&k::auto_commit>},
    {"auto.commit.interval.ms", set_time<&k::auto_commit_interval>},
});

} // namespace

std::span<const setting> group_settings() { return all; }

KASIO_END_NAMESPACE
