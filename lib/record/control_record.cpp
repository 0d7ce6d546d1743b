// SPDX-License-Identifier: BSL-1.0
#include "record/control_record.hpp"

#include "base/big_endian.hpp"
#include "protocol/codec.hpp"

KASIO_BEGIN_NAMESPACE

namespace {

struct raw_control {
    std::int16_t type;
    bytes_view value;
};

// Key: a version, which says nothing so far, and a type (Kafka's ControlRecordType).
std::optional<raw_control> first_record(const batch_view& batch,
                                        std::span<const std::byte> records) noexcept {
    const batch_origin origin;
    record_cursor cursor{batch, records, &origin};
    record_view record;
    if (cursor.next(record) != record_cursor::outcome::record) return std::nullopt;
    if (record.key().size() < 2 * sizeof(std::int16_t)) return std::nullopt;
    return raw_control{load_big<std::int16_t>(record.key().data() + 2), record.value()};
}

control_marker::kind kind_of(std::int16_t type) noexcept {
    switch (type) {
        case 0: return control_marker::kind::abort;
        case 1: return control_marker::kind::commit;
        case 2: return control_marker::kind::leader_change;
        default: return control_marker::kind::other;
    }
}

} // namespace

std::optional<control_marker> read_control_marker(const batch_view& batch,
                                                  std::span<const std::byte> records) noexcept {
    const auto record = first_record(batch, records);
    if (!record) return std::nullopt;
    control_marker marker{.what = kind_of(record->type)};
    const bool ends =
        marker.what == control_marker::kind::abort || marker.what == control_marker::kind::commit;
    protocol::end_txn_marker value;
    std::int16_t version = 0;
    if (ends && !protocol::decode_stored(record->value.bytes(), value, version))
        marker.coordinator_epoch = value.coordinator_epoch;
    return marker;
}

std::optional<protocol::leader_change_message> read_leader_change(
    const batch_view& batch, std::span<const std::byte> records) noexcept {
    const auto record = first_record(batch, records);
    if (!record || kind_of(record->type) != control_marker::kind::leader_change) return std::nullopt;
    protocol::leader_change_message value;
    std::int16_t version = 0;
    if (protocol::decode_stored(record->value.bytes(), value, version)) return std::nullopt;
    return value;
}

KASIO_END_NAMESPACE
