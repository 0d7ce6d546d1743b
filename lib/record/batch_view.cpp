// SPDX-License-Identifier: BSL-1.0
#include "record/batch_view.hpp"

#include "base/big_endian.hpp"
#include "base/crc32c.hpp"

#include <limits>

KASIO_BEGIN_NAMESPACE

namespace {

// An entry of magic 0 without key and value: crc, magic, attributes, two lengths.
constexpr std::int32_t smallest_legacy = 14;
constexpr std::int32_t smallest_batch = batch_header_size - batch_layout::length_end;
// A record that holds nothing: length, attributes, two deltas, two lengths, a count.
constexpr std::size_t smallest_record = 7;

} // namespace

bool batch_view::crc_fits() const noexcept {
    return load_big<std::uint32_t>(whole.data() + batch_layout::crc) ==
           crc32c(whole.subspan(batch_layout::attributes));
}

batch_reader::outcome batch_reader::next(batch_view& view) noexcept {
    using namespace batch_layout;
    if (rest_.size() <= magic) return outcome::end;
    const auto* const at = rest_.data();
    const auto claimed = load_big<std::int32_t>(at + length);
    if (claimed < smallest_legacy) return outcome::corrupt;
    const auto size = length_end + static_cast<std::size_t>(claimed);
    const auto kind = static_cast<std::uint8_t>(at[magic]);
    if (kind > 2) return outcome::corrupt;
    if (kind == 2 && claimed < smallest_batch) return outcome::corrupt;
    if (size > rest_.size()) return outcome::end;
    view = {};
    view.base_offset = load_big<std::int64_t>(at + base_offset);
    view.whole = rest_.first(size);
    rest_ = rest_.subspan(size);
    if (kind < 2) return outcome::legacy;

    view.leader_epoch = load_big<std::int32_t>(at + leader_epoch);
    view.attributes = load_big<std::int16_t>(at + attributes);
    view.last_offset_delta = load_big<std::int32_t>(at + last_offset_delta);
    view.base_timestamp = load_big<std::int64_t>(at + base_timestamp);
    view.max_timestamp = load_big<std::int64_t>(at + batch_layout::max_timestamp);
    view.producer_id = load_big<std::int64_t>(at + producer_id);
    view.producer_epoch = load_big<std::int16_t>(at + producer_epoch);
    view.base_sequence = load_big<std::int32_t>(at + base_sequence);
    view.record_count = load_big<std::int32_t>(at + record_count);
    view.records = view.whole.subspan(batch_layout::records);
    const auto most_offset =
        std::numeric_limits<std::int64_t>::max() - std::numeric_limits<std::int32_t>::max() - 1;
    if (view.base_offset < 0 || view.base_offset > most_offset) return outcome::corrupt;
    if (view.last_offset_delta < 0 || view.record_count < 0) return outcome::corrupt;
    // Compaction takes records away, never adds any: there are no more than offsets.
    if (static_cast<std::int64_t>(view.record_count) >
        static_cast<std::int64_t>(view.last_offset_delta) + 1) {
        return outcome::corrupt;
    }
    if (view.codec() == compression::none &&
        static_cast<std::size_t>(view.record_count) > view.records.size() / smallest_record) {
        return outcome::corrupt;
    }
    return outcome::batch;
}

KASIO_END_NAMESPACE
