// SPDX-License-Identifier: BSL-1.0
#include "producer/partitioner.hpp"

#include "base/murmur2.hpp"

#include <array>

KASIO_BEGIN_NAMESPACE

namespace {

constexpr auto crc32_table = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t at = 0; at < table.size(); ++at) {
        auto sum = at;
        for (int bit = 0; bit < 8; ++bit) sum = (sum & 1U) != 0 ? 0xedb88320U ^ (sum >> 1U) : sum >> 1U;
        table[at] = sum;
    }
    return table;
}();

/// CRC-32 as zlib has it; keys are short, so a byte at a time.
std::uint32_t crc32(bytes_view key) noexcept {
    std::uint32_t sum = 0xffffffffU;
    for (const auto each : key.bytes())
        sum = crc32_table[(sum ^ std::to_integer<std::uint32_t>(each)) & 0xffU] ^ (sum >> 8U);
    return ~sum;
}

/// FNV-1a of 32 bits, of which Sarama, and so librdkafka, takes the absolute value as of a signed number.
std::uint32_t fnv1a(bytes_view key) noexcept {
    std::uint32_t sum = 0x811c9dc5U;
    for (const auto each : key.bytes()) sum = (sum ^ std::to_integer<std::uint32_t>(each)) * 0x01000193U;
    return (sum & 0x80000000U) != 0 ? 0U - sum : sum;
}

std::int32_t within(std::uint32_t hash, std::int32_t count) noexcept {
    return static_cast<std::int32_t>(hash % static_cast<std::uint32_t>(count));
}

} // namespace

std::optional<std::int32_t> partition_by_key(partitioning how, bytes_view key, std::int32_t count) noexcept {
    switch (how) {
        case partitioning::murmur2_random:
            if (key.is_null()) return std::nullopt;
            [[fallthrough]];
        case partitioning::murmur2: return partition_of_key(key, count);
        case partitioning::consistent_random:
            if (key.empty()) return std::nullopt;
            [[fallthrough]];
        case partitioning::consistent: return within(crc32(key), count);
        case partitioning::fnv1a_random:
            if (key.is_null()) return std::nullopt;
            [[fallthrough]];
        case partitioning::fnv1a: return within(fnv1a(key), count);
        case partitioning::sticky:
        case partitioning::round_robin: break;
    }
    return std::nullopt;
}

KASIO_END_NAMESPACE
