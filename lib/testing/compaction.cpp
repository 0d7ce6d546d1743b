// SPDX-License-Identifier: BSL-1.0
#include "testing/compaction.hpp"

#include "base/big_endian.hpp"
#include "record/batch_edit.hpp"
#include "record/batch_layout.hpp"
#include "record/batch_view.hpp"
#include "record/record_cursor.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE
namespace testing {

std::optional<std::vector<std::byte>> without_records(std::span<const std::byte> batch,
                                                      std::span<const std::int64_t> gone) {
    batch_reader reader{batch};
    batch_view view;
    if (reader.next(view) != batch_reader::outcome::batch || view.control()) return {};
    if (view.codec() != compression::none) return {};
    std::vector<std::byte> kept{batch.begin(), batch.begin() + batch_header_size};
    std::int32_t count = 0;
    record_cursor cursor{view, view.records, nullptr};
    record_view record;
    for (;;) {
        const std::byte* const from = cursor.position();
        const auto step = cursor.next(record);
        if (step == record_cursor::outcome::corrupt) return {};
        if (step == record_cursor::outcome::end) break;
        if (std::binary_search(gone.begin(), gone.end(), record.offset())) continue;
        kept.insert(kept.end(), from, cursor.position());
        ++count;
    }
    if (count == view.record_count) return {};
    if (count == 0 && view.producer_id < 0) return std::vector<std::byte>{};
    const auto length = static_cast<std::int32_t>(kept.size() - batch_layout::length_end);
    store_big(kept.data() + batch_layout::length, length);
    store_big(kept.data() + batch_layout::record_count, count);
    write_crc(kept);
    return kept;
}

} // namespace testing
KASIO_END_NAMESPACE
