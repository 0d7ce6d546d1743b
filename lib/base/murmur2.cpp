// SPDX-License-Identifier: BSL-1.0
#include "base/murmur2.hpp"

#include <bit>
#include <cstring>

KASIO_BEGIN_NAMESPACE

namespace {

constexpr std::uint32_t mix_factor = 0x5bd1e995;
constexpr std::uint32_t kafka_seed = 0x9747b28c;

std::uint32_t load_little(const char* from) noexcept {
    std::uint32_t word;
    std::memcpy(&word, from, sizeof word);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap32(word);
    return word;
}

} // namespace

std::int32_t murmur2(bytes_view bytes) noexcept {
    const char* at = bytes.data();
    std::size_t left = bytes.size();
    std::uint32_t hash = kafka_seed ^ static_cast<std::uint32_t>(left);
    for (; left >= 4; at += 4, left -= 4) {
        std::uint32_t word = load_little(at) * mix_factor;
        word = (word ^ (word >> 24)) * mix_factor;
        hash = (hash * mix_factor) ^ word;
    }
    if (left > 0) {
        std::uint32_t tail = 0;
        for (std::size_t i = 0; i < left; ++i)
            tail |= std::uint32_t{static_cast<unsigned char>(at[i])} << (8 * i);
        hash = (hash ^ tail) * mix_factor;
    }
    hash = (hash ^ (hash >> 13)) * mix_factor;
    return static_cast<std::int32_t>(hash ^ (hash >> 15));
}

KASIO_END_NAMESPACE
