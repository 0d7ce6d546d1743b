// SPDX-License-Identifier: BSL-1.0
#include "properties/draft.hpp"
#include "properties/duration.hpp"

#include <array>

KASIO_BEGIN_NAMESPACE

namespace {

using text = std::string_view;
using k = consumer_options;

constexpr std::int64_t kib = 1024;

template <auto Member, std::int64_t Least>
wrong_value set_size(draft& to, text value) {
    return read_member(value, Least, to.options.consumer.*Member);
}
template <auto Member>
wrong_value set_flag(draft& to, text value) {
    return read_flag(value, to.options.consumer.*Member);
}

wrong_value set_wait(draft& to, text value) {
    return read_milliseconds(value, 0, to.options.consumer.fetch_max_wait);
}

wrong_value set_isolation(draft& to, text value) {
    const auto level = lower_case(trimmed(value));
    if (level != "read_committed" && level != "read_uncommitted") {
        return "is neither read_committed nor read_uncommitted";
    }
    const bool committed = level == "read_committed";
    to.options.consumer.isolation_level =
        committed ? isolation_level::read_committed : isolation_level::read_uncommitted;
    return {};
}

wrong_value set_reset(draft& to, text value) {
    constexpr text by_duration = "by_duration:";
    const auto policy = lower_case(trimmed(value));
    auto& member = to.options.consumer.offset_reset;
    if (policy == "earliest" || policy == "beginning" || policy == "smallest")
        member = offset_reset::earliest;
    else if (policy == "latest" || policy == "end" || policy == "largest") member = offset_reset::latest;
    else if (policy == "none" || policy == "error") member = offset_reset::none;
    else if (policy.starts_with(by_duration)) {
        member = offset_reset::by_duration;
        return read_duration(text{policy}.substr(by_duration.size()),
                             to.options.consumer.offset_reset_duration);
    } else {
        return "is none of earliest, latest, by_duration:PnDTnHnMnS, none (smallest, beginning, largest, "
               "end, "
               "error)";
    }
    return {};
}

wrong_value set_kbytes(draft& to, text value) {
    std::int64_t number = 0;
    auto wrong = read_number(value, 1, std::numeric_limits<std::int32_t>::max(), number);
    if (wrong.empty()) to.options.consumer.buffer_memory = static_cast<std::size_t>(number * kib);
    return wrong;
}

constexpr auto settings = std::to_array<setting>({
    {"isolation.level", set_isolation},
    {"auto.offset.reset", set_reset},
    {"fetch.min.bytes", set_size<&k::fetch_min_bytes, 0>},
    {"fetch.max.bytes", set_size<&k::fetch_max_bytes, 1>},
    {"fetch.max.wait.ms", set_wait},
    {"max.partition.fetch.bytes", set_size<&k::partition_fetch_bytes, 1>},
    {"max.poll.records", set_size<&k::max_poll_records, 1>},
    {"queued.max.messages.kbytes", set_kbytes},
    {"check.crcs", set_flag<&k::check_crcs>},
    {"enable.partition.eof", set_flag<&k::report_end>},
    {"allow.auto.create.topics", set_flag<&k::allow_auto_create>},
});

} // namespace

std::span<const setting> consumer_settings() { return settings; }

KASIO_END_NAMESPACE
