// SPDX-License-Identifier: BSL-1.0
#include "properties/draft.hpp"

#include <array>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

using text = std::string_view;
using p = producer_options;

constexpr std::int64_t kib = 1024;

template <auto Member>
wrong_value set_pause(draft& to, text value) {
    return read_milliseconds(value, 0, to.options.producer.*Member);
}
template <auto Member, std::int64_t Least>
wrong_value set_size(draft& to, text value) {
    return read_member(value, Least, to.options.producer.*Member);
}

wrong_value set_acks(draft& to, text value) {
    const auto wanted = lower_case(trimmed(value));
    auto& member = to.options.producer.acks;
    if (wanted == "all" || wanted == "-1") member = acks::all;
    else if (wanted == "1") member = acks::leader;
    else if (wanted == "0") member = acks::none;
    else return "is none of all, -1, 0, 1";
    return {};
}

wrong_value set_idempotence(draft& to, text value) {
    bool wanted = false;
    auto wrong = read_flag(value, wanted);
    if (wrong.empty()) to.options.producer.idempotence = wanted;
    return wrong;
}

/// librdkafka's 0 means never.
wrong_value set_delivery_timeout(draft& to, text value) {
    auto& member = to.options.producer.delivery_timeout;
    auto wrong = read_milliseconds(value, 0, member);
    if (wrong.empty() && member.count() == 0) member = std::chrono::milliseconds{most_milliseconds};
    return wrong;
}

wrong_value set_codec(draft& to, text value) {
    const auto name = lower_case(trimmed(value));
    if (name == "inherit") return {}; // librdkafka's default of a topic: as the others
    const auto codec = parse_compression(name);
    if (!codec) return "is none of none, gzip, snappy, lz4, zstd";
    to.options.producer.compression = *codec;
    return {};
}

wrong_value set_level(draft& to, text value) {
    std::int64_t level = 0;
    auto wrong = read_number(value, -1, 22, level);
    if (wrong.empty() && level != -1) to.compression_level = static_cast<int>(level); // -1: the codec's own
    return wrong;
}

template <compression Codec, int Least, int Most>
wrong_value set_level_of(draft& to, text value) {
    std::int64_t level = 0;
    auto wrong = read_number(value, Least, Most, level);
    if (wrong.empty()) to.level_of_codec[Codec] = static_cast<int>(level);
    return wrong;
}

wrong_value set_kbytes(draft& to, text value) {
    std::int64_t number = 0;
    auto wrong = read_number(value, 1, std::numeric_limits<std::int32_t>::max(), number);
    if (wrong.empty()) to.options.producer.buffer_memory = static_cast<std::size_t>(number * kib);
    return wrong;
}

wrong_value set_partitioner(draft& to, text value) {
    using enum partitioning;
    // librdkafka's `random` draws for a batch, not for a record, unless told otherwise: so does sticky.
    constexpr std::array<std::pair<text, partitioning>, 7> all{{{"consistent", consistent},
                                                                {"consistent_random", consistent_random},
                                                                {"murmur2", murmur2},
                                                                {"murmur2_random", murmur2_random},
                                                                {"fnv1a", fnv1a},
                                                                {"fnv1a_random", fnv1a_random},
                                                                {"random", sticky}}};
    const auto name = lower_case(trimmed(value));
    for (const auto& [known, meant] : all) {
        if (name != known) continue;
        to.options.producer.partitioning = meant;
        return {};
    }
    return "is no partitioner";
}
wrong_value set_partitioner_class(draft& to, text value) {
    const auto name = trimmed(value);
    const auto last = name.substr(name.rfind('.') + 1);
    auto& member = to.options.producer.partitioning;
    if (last == "RoundRobinPartitioner") member = partitioning::round_robin;
    else if (last == "UniformStickyPartitioner") member = partitioning::sticky;
    else if (!last.empty() && last != "null" && last != "DefaultPartitioner")
        return "is not available: a class of your own becomes producer_options::partitioner";
    return {};
}
wrong_value set_ignored_keys(draft& to, text value) {
    bool ignored = false;
    auto wrong = read_flag(value, ignored);
    if (wrong.empty() && ignored) to.options.producer.partitioning = partitioning::sticky;
    return wrong;
}

constexpr auto settings = std::to_array<setting>({
    {"acks", set_acks},
    {"enable.idempotence", set_idempotence},
    {"linger.ms", set_pause<&p::linger>},
    {"batch.size", set_size<&p::batch_size, 1>},
    {"max.request.size", set_size<&p::max_request_size, 1>},
    {"buffer.memory", set_size<&p::buffer_memory, 1>},
    {"queue.buffering.max.kbytes", set_kbytes},
    {"max.block.ms", set_pause<&p::max_block>},
    {"delivery.timeout.ms", set_delivery_timeout},
    {"retries", set_size<&p::retries, 0>},
    {"max.in.flight.requests.per.connection", set_size<&p::max_in_flight, 1>},
    {"compression.type", set_codec},
    {"compression.level", set_level},
    {"compression.gzip.level", set_level_of<compression::gzip, -1, 9>},
    {"compression.lz4.level", set_level_of<compression::lz4, 1, 17>},
    {"compression.zstd.level", set_level_of<compression::zstd, -131072, 22>},
    {"partitioner", set_partitioner},
    {"partitioner.class", set_partitioner_class},
    {"partitioner.ignore.keys", set_ignored_keys},
});

} // namespace

std::span<const setting> producer_settings() { return settings; }

KASIO_END_NAMESPACE
