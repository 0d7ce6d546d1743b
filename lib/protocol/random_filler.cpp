// SPDX-License-Identifier: BSL-1.0
#include "protocol/random_filler.hpp"

#include "protocol/frame.hpp"

#include <array>
#include <limits>

KASIO_BEGIN_NAMESPACE
namespace protocol {

void random_filler::fill(bool& value, field) { value = one_in(2); }

void random_filler::fill(double& value, field) { value = static_cast<double>(integer()) / 256; }

void random_filler::fill(uuid& value, field) {
    if (one_in(4)) return;
    for (std::uint8_t& byte : value.bytes) byte = static_cast<std::uint8_t>(random_());
}

void random_filler::fill(std::string& value, field) { value = text(); }

void random_filler::fill(bytes_view& value, field f) {
    if (f.may_be_null_in(version_) && one_in(4)) {
        value = nullptr;
        return;
    }
    // Around the length from which on a frame borrows.
    std::string& bytes = bytes_.emplace_back(text());
    if (one_in(6)) bytes.resize(outgoing_frame::borrow_threshold - 1 + length(), 'b');
    value = bytes;
}

std::int64_t random_filler::integer() {
    using std::numeric_limits;
    constexpr std::array<std::int64_t, 10> edges{0,
                                                 1,
                                                 -1,
                                                 numeric_limits<std::int8_t>::max(),
                                                 numeric_limits<std::int16_t>::max(),
                                                 numeric_limits<std::int16_t>::min(),
                                                 numeric_limits<std::int32_t>::max(),
                                                 numeric_limits<std::int32_t>::min(),
                                                 numeric_limits<std::int64_t>::max(),
                                                 numeric_limits<std::int64_t>::min()};
    return one_in(2) ? edges[random_() % edges.size()] : static_cast<std::int64_t>(random_());
}

std::string random_filler::text() {
    std::size_t size = random_() % 12;
    if (one_in(8)) size = 120 + random_() % 20; // around the length whose varint takes two bytes
    std::string value(size, '\0');
    for (char& c : value) c = static_cast<char>(' ' + random_() % 95);
    return value;
}

} // namespace protocol
KASIO_END_NAMESPACE
