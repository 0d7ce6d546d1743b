// SPDX-License-Identifier: BSL-1.0
#include "walk.hpp"

#include <cstring>

namespace kasio_test {

using namespace kasio;

exact_bytes::exact_bytes(std::span<const std::byte> bytes)
    : bytes_{std::make_unique<std::byte[]>(bytes.size())}, size_{bytes.size()} {
    if (size_ != 0) std::memcpy(bytes_.get(), bytes.data(), size_);
}

walked walk(const batch_view& batch, std::span<const std::byte> records) {
    const batch_origin origin{.topic = "t",
                              .partition = 3,
                              .leader_epoch = batch.leader_epoch,
                              .timestamp_type = batch.timestamp_type()};
    const auto* const fixed =
        batch.timestamp_type() == timestamp_type::log_append_time ? &batch.max_timestamp : nullptr;
    walked result;
    record_cursor cursor{batch, records, &origin};
    record_view view;
    const auto* at = records.data();
    for (;;) {
        const auto outcome = cursor.next(view);
        if (outcome != record_cursor::outcome::record) {
            result.corrupt = outcome == record_cursor::outcome::corrupt;
            return result;
        }
        result.records.push_back(view.to_owned());
        record_view again;
        at = decode_valid_record(at, batch.base_offset, batch.base_timestamp, fixed, &origin, again);
        result.agree = result.agree && at == cursor.position() && again.to_owned() == result.records.back();
    }
}

} // namespace kasio_test
