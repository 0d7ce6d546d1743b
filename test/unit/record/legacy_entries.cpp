// SPDX-License-Identifier: BSL-1.0
#include "legacy_entries.hpp"

#include "base/big_endian.hpp"

#include <zlib.h>

namespace kasio_test {

namespace {

template <class Number>
std::string big(Number value) {
    std::string bytes(sizeof value, '\0');
    kasio::store_big(bytes.data(), value);
    return bytes;
}

std::string nullable(kasio::bytes_view bytes) {
    if (bytes.is_null()) return big(std::int32_t{-1});
    return big(static_cast<std::int32_t>(bytes.size())) + bytes.to_string();
}

} // namespace

std::string write_legacy(const legacy_to_write& entry) {
    std::string body = big(static_cast<std::int8_t>(entry.magic)) + big(entry.attributes);
    if (entry.magic > 0) body += big(entry.time);
    body += nullable(entry.key) + nullable(entry.value);
    const auto sum = ::crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
    return big(entry.offset) + big(static_cast<std::int32_t>(body.size() + 4)) +
           big(static_cast<std::uint32_t>(sum)) + body;
}

} // namespace kasio_test
