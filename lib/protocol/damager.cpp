// SPDX-License-Identifier: BSL-1.0
#include "protocol/damager.hpp"

#include "base/varint.hpp"

#include <algorithm>
#include <array>
#include <limits>

KASIO_BEGIN_NAMESPACE
namespace protocol {

namespace {

std::string varint_of(std::uint64_t value) {
    std::array<std::byte, max_varlong_size> digits;
    const std::byte* const end = write_uvarint(digits.data(), value);
    return {reinterpret_cast<const char*>(digits.data()), reinterpret_cast<const char*>(end)};
}

std::string big_endian_of(std::uint64_t value, std::size_t size) {
    std::string bytes(size, '\0');
    for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte, value >>= 8)
        *byte = static_cast<char>(value);
    return bytes;
}

std::int64_t value_at(const std::string& bytes, const place& at) {
    if (at.is_varint) {
        std::uint32_t value = 0;
        const auto* const from = reinterpret_cast<const std::byte*>(bytes.data() + at.at);
        return read_uvarint(from, from + at.size, value) != nullptr ? value : 0;
    }
    std::uint64_t value = static_cast<unsigned char>(bytes[at.at]) & 0x80 ? ~std::uint64_t{0} : 0;
    for (std::size_t i = 0; i < at.size; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[at.at + i]);
    return static_cast<std::int64_t>(value);
}

} // namespace

std::string damager::damaged(std::string bytes, std::span<const place> places) {
    const std::size_t count = 1 + below(3);
    if (places.empty() || below(8) == 0) {
        for (std::size_t i = 0; i < count; ++i) damage_anywhere(bytes);
        return bytes;
    }
    // The last place first: a varint of another size moves what stands behind it.
    std::array<std::size_t, 3> chosen{};
    for (std::size_t i = 0; i < count; ++i) {
        chosen[i] = below(places.size());
        // Content and numbers are most of a message and least of its form.
        for (int again = 0; again < 4 && places[chosen[i]].what <= place::kind::number; ++again)
            chosen[i] = below(places.size());
    }
    std::sort(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(count), std::greater{});
    for (std::size_t i = 0; i < count; ++i) {
        if (i == 0 || chosen[i] != chosen[i - 1]) damage_place(bytes, places[chosen[i]]);
    }
    if (below(8) == 0) bytes.resize(below(bytes.size() + 1));
    return bytes;
}

void damager::damage_place(std::string& bytes, const place& at) {
    const std::size_t behind = bytes.size() - at.at - at.size;
    switch (at.what) {
        case place::kind::content:
            bytes[at.at + below(at.size)] = static_cast<char>(below(4) == 0 ? 0xff : random_());
            break;
        case place::kind::presence: bytes[at.at] = static_cast<char>(random_()); break;
        case place::kind::number:
        case place::kind::length:
        case place::kind::tag_count:
        case place::kind::tag:
        case place::kind::tag_size: {
            const auto wrong = static_cast<std::uint64_t>(wrong_value(value_at(bytes, at), behind));
            // Now and then more bits than a reader may take.
            const std::uint64_t bits = at.is_varint && below(8) != 0 ? wrong & 0xffffffff : wrong;
            bytes.replace(at.at, at.size, at.is_varint ? varint_of(bits) : big_endian_of(bits, at.size));
        }
    }
}

std::int64_t damager::wrong_value(std::int64_t right, std::size_t bytes_behind) {
    const auto reach = static_cast<std::int64_t>(bytes_behind);
    switch (below(10)) {
        // Around the end where there is nothing beyond it.
        case 0: return static_cast<std::int64_t>(static_cast<std::uint64_t>(right) + 1);
        case 1: return static_cast<std::int64_t>(static_cast<std::uint64_t>(right) - 1);
        case 2: return 0;
        case 3: return -1;
        case 4: return reach + static_cast<std::int64_t>(below(3)) - 1;
        // As many elements of some size as there could be.
        case 5: return reach / static_cast<std::int64_t>(1 + below(64)) + static_cast<std::int64_t>(below(2));
        case 6: return std::numeric_limits<std::int16_t>::max();
        case 7: return std::numeric_limits<std::int32_t>::max();
        case 8: return std::numeric_limits<std::int32_t>::min();
        default: return static_cast<std::int64_t>(random_());
    }
}

void damager::damage_anywhere(std::string& bytes) {
    if (bytes.empty()) {
        bytes += static_cast<char>(random_());
        return;
    }
    const std::size_t from = below(bytes.size());
    const std::size_t size = 1 + below(std::min<std::size_t>(bytes.size() - from, 16));
    switch (below(4)) {
        case 0: bytes[from] = static_cast<char>(random_()); break;
        case 1: bytes.erase(from, size); break;
        case 2: bytes.insert(from, bytes.substr(from, size)); break;
        default: bytes.resize(from);
    }
}

} // namespace protocol
KASIO_END_NAMESPACE
