// SPDX-License-Identifier: BSL-1.0
#include "group/sticky_user_data.hpp"

#include "base/big_endian.hpp"
#include "base/cursor.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE

namespace {

// The smallest topic: the length of its name and the count of its partitions.
constexpr std::size_t smallest_topic = 2 + 4;

template <class Integer>
void put(std::string& out, Integer value) {
    std::byte bytes[sizeof(Integer)];
    store_big(bytes, value);
    out.append(reinterpret_cast<const char*>(bytes), sizeof(Integer));
}

/// A count that the bytes at hand can hold, or a failed cursor.
std::size_t read_count(cursor& in, std::size_t smallest) noexcept {
    const auto count = in.read<std::int32_t>();
    if (count < 0 || static_cast<std::size_t>(count) > in.remaining() / smallest) in.fail();
    return in.ok() ? static_cast<std::size_t>(count) : 0;
}

topic_partitions read_topic(cursor& in) {
    const auto length = in.read<std::int16_t>();
    if (length < 0) in.fail();
    const auto name = in.take(in.ok() ? static_cast<std::size_t>(length) : 0);
    topic_partitions read{bytes_view{name}.to_string(), {}};
    const std::size_t count = read_count(in, sizeof(std::int32_t));
    read.partitions.reserve(count);
    for (std::size_t i = 0; i < count; ++i) read.partitions.push_back(in.read<std::int32_t>());
    return read;
}

} // namespace

std::string encode_sticky(const partition_list& owned, std::int32_t generation) {
    std::string out;
    put(out, static_cast<std::int32_t>(owned.size()));
    for (const auto& [topic, partitions] : owned) {
        put(out, static_cast<std::int16_t>(topic.size()));
        out += topic;
        put(out, static_cast<std::int32_t>(partitions.size()));
        for (const std::int32_t partition : partitions) put(out, partition);
    }
    put(out, generation);
    return out;
}

std::optional<sticky_user_data> decode_sticky(bytes_view bytes) {
    cursor in{bytes.bytes()};
    sticky_user_data read;
    const std::size_t count = read_count(in, smallest_topic);
    // Grows with what is read, not with what is claimed.
    for (std::size_t i = 0; i < count && in.ok(); ++i) read.partitions.push_back(read_topic(in));
    if (!in.ok()) return std::nullopt;
    if (in.remaining() >= sizeof(std::int32_t)) read.generation = std::max(in.read<std::int32_t>(), -1);
    return read;
}

std::string encode_cooperative_sticky(std::int32_t generation) {
    std::string out;
    put(out, generation);
    return out;
}

std::int32_t decode_cooperative_sticky(bytes_view bytes) noexcept {
    cursor in{bytes.bytes()};
    const auto generation = in.read<std::int32_t>();
    return in.ok() ? std::max(generation, -1) : -1;
}

KASIO_END_NAMESPACE
