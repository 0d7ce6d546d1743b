// SPDX-License-Identifier: BSL-1.0
#include "base/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

KASIO_BEGIN_NAMESPACE

namespace {

// How many bytes of a sequence follow its first one, and the bounds of the second; later ones are 80 to bf.
struct sequence {
    std::size_t following;
    unsigned char second_min;
    unsigned char second_max;
};

constexpr sequence malformed{0, 1, 0};

constexpr sequence sequence_of(unsigned char first) noexcept {
    if (first >= 0xc2 && first <= 0xdf) return {1, 0x80, 0xbf};
    if (first == 0xe0) return {2, 0xa0, 0xbf};
    if (first == 0xed) return {2, 0x80, 0x9f};
    if (first >= 0xe1 && first <= 0xef) return {2, 0x80, 0xbf};
    if (first == 0xf0) return {3, 0x90, 0xbf};
    if (first >= 0xf1 && first <= 0xf3) return {3, 0x80, 0xbf};
    if (first == 0xf4) return {3, 0x80, 0x8f};
    return malformed;
}

} // namespace

bool is_utf8(std::string_view text) noexcept {
    const char* at = text.data();
    std::size_t left = text.size();
    while (left > 0) {
        // Most text is ASCII: eight bytes at once.
        std::uint64_t word;
        if (left >= sizeof word) {
            std::memcpy(&word, at, sizeof word);
            if ((word & 0x8080808080808080) == 0) {
                at += sizeof word;
                left -= sizeof word;
                continue;
            }
        }
        const auto first = static_cast<unsigned char>(*at);
        std::size_t size = 1;
        if (first >= 0x80) {
            const sequence rest = sequence_of(first);
            if (rest.following == 0 || rest.following >= left) return false;
            const auto second = static_cast<unsigned char>(at[1]);
            if (second < rest.second_min || second > rest.second_max) return false;
            for (std::size_t i = 2; i <= rest.following; ++i) {
                if ((static_cast<unsigned char>(at[i]) & 0xc0) != 0x80) return false;
            }
            size += rest.following;
        }
        at += size;
        left -= size;
    }
    return true;
}

KASIO_END_NAMESPACE
