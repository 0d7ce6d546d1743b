// SPDX-License-Identifier: BSL-1.0
#include <kasio/compression.hpp>

#include <kasio/features.hpp>

#include <algorithm>
#include <array>
#include <ostream>

KASIO_BEGIN_NAMESPACE

namespace {

constexpr std::array<std::string_view, 5> names{"none", "gzip", "snappy", "lz4", "zstd"};

char lower(char letter) noexcept {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
}

} // namespace

bool is_available(compression codec) noexcept {
    switch (codec) {
        case compression::none:
        case compression::gzip:
        case compression::lz4: return true;
        case compression::snappy: return KASIO_HAS_SNAPPY != 0;
        case compression::zstd: return KASIO_HAS_ZSTD != 0;
    }
    return false;
}

std::string_view compression_name(compression codec) noexcept {
    const auto number = static_cast<std::size_t>(codec);
    return number < names.size() ? names[number] : "unknown";
}

std::optional<compression> parse_compression(std::string_view name) noexcept {
    for (std::size_t number = 0; number < names.size(); ++number) {
        const auto same = [](char a, char b) { return lower(a) == b; };
        if (std::equal(name.begin(), name.end(), names[number].begin(), names[number].end(), same)) {
            return static_cast<compression>(number);
        }
    }
    return std::nullopt;
}

std::ostream& operator<<(std::ostream& out, compression codec) { return out << compression_name(codec); }

KASIO_END_NAMESPACE
