// SPDX-License-Identifier: BSL-1.0
#include "record/legacy_view.hpp"

#include "base/big_endian.hpp"
#include "record/record_encoding.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

KASIO_BEGIN_NAMESPACE

namespace {

// offset 8, size 4, then crc 4, magic 1, attributes 1, [time 8], key length 4 and key, value length 4 and
// value
constexpr std::size_t size_end = 12;
constexpr std::size_t crc_end = 16;
constexpr std::size_t attributes_end = 18;
constexpr std::int32_t smallest_entry = 14; // behind the size

/// A length of -1 or more, and as many bytes; false when they are not there.
bool take_bytes(std::span<const std::byte>& from, bytes_view& bytes) noexcept {
    if (from.size() < 4) return false;
    const auto length = load_big<std::int32_t>(from.data());
    from = from.subspan(4);
    bytes = nullptr;
    if (length == -1) return true;
    if (length < 0 || static_cast<std::size_t>(length) > from.size()) return false;
    bytes = bytes_view{from.first(static_cast<std::size_t>(length))};
    from = from.subspan(bytes.size());
    return true;
}

/// What the entries inside a wrapper say together, or the only one that has no wrapper.
struct run {
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::int64_t first_time = -1;
    std::int64_t last_time = -1;
    std::int32_t count = 0;
    std::size_t bound = 0;
};

/// Finds every entry valid, with offsets that rise.
bool measure(std::span<const std::byte> entries, const legacy_entry& wrapper, bool check_crcs,
             run& all) noexcept {
    for (legacy_entry one; !entries.empty(); entries = entries.subspan(one.whole.size())) {
        if (!read_legacy_entry(entries, one)) return false;
        // As in Java, nothing compressed inside what is compressed, and one magic for both.
        if (one.magic != wrapper.magic || one.codec() != compression::none) return false;
        if (check_crcs && !one.crc_fits()) return false;
        if (one.offset < 0 || (all.count > 0 && one.offset <= all.last)) return false;
        if (all.count == 0) {
            all.first = one.offset;
            all.first_time = all.last_time = one.time;
        }
        all.last = one.offset;
        all.last_time = std::max(all.last_time, one.time);
        all.bound += record_bound(one.key, one.value, {});
        ++all.count;
    }
    return all.count > 0 && all.last - all.first < std::numeric_limits<std::int32_t>::max();
}

std::size_t write(std::span<const std::byte> entries, const run& all, std::byte* const start) noexcept {
    auto* to = start;
    for (legacy_entry one; !entries.empty(); entries = entries.subspan(one.whole.size())) {
        if (!read_legacy_entry(entries, one)) break; // all have been read once
        const auto delta = static_cast<std::uint64_t>(one.time) - static_cast<std::uint64_t>(all.first_time);
        to = write_record(to, static_cast<std::int64_t>(delta),
                          static_cast<std::int32_t>(one.offset - all.first), one.key, one.value, {});
    }
    return static_cast<std::size_t>(to - start);
}

/// Offset of the first record. Inside a wrapper of magic 1 offsets count from 0, or from whatever compaction
/// has left, and the wrapper's own one is that of the last (KIP-31); some producers left it at 0.
std::int64_t base_offset_of(const legacy_entry& wrapper, const run& all) noexcept {
    if (wrapper.codec() == compression::none || wrapper.magic == 0 || wrapper.offset == 0) return all.first;
    return wrapper.offset - (all.last - all.first);
}

} // namespace

bool legacy_entry::crc_fits() const noexcept {
    const auto checked = whole.subspan(crc_end);
    const auto sum =
        ::crc32(0, reinterpret_cast<const Bytef*>(checked.data()), static_cast<uInt>(checked.size()));
    return load_big<std::uint32_t>(whole.data() + size_end) == static_cast<std::uint32_t>(sum);
}

bool read_legacy_entry(std::span<const std::byte> bytes, legacy_entry& entry) noexcept {
    if (bytes.size() < attributes_end) return false;
    const auto size = load_big<std::int32_t>(bytes.data() + 8);
    if (size < smallest_entry || static_cast<std::size_t>(size) > bytes.size() - size_end) return false;
    entry = {};
    entry.whole = bytes.first(size_end + static_cast<std::size_t>(size));
    entry.offset = load_big<std::int64_t>(bytes.data());
    entry.magic = load_big<std::int8_t>(bytes.data() + crc_end);
    entry.attributes = load_big<std::int8_t>(bytes.data() + crc_end + 1);
    if (entry.magic != 0 && entry.magic != 1) return false;
    auto rest = entry.whole.subspan(attributes_end);
    if (entry.magic == 1) {
        if (rest.size() < 8) return false;
        entry.time = load_big<std::int64_t>(rest.data());
        rest = rest.subspan(8);
    }
    return take_bytes(rest, entry.key) && take_bytes(rest, entry.value) && rest.empty();
}

error_code legacy_reader::unwrap(const legacy_entry& wrapper, std::size_t most,
                                 std::span<const std::byte>& inner) {
    inner = wrapper.whole;
    if (wrapper.codec() == compression::none) {
        return inner.size() > most ? error_code{errc::batch_too_large} : error_code{};
    }
    // zstd came with magic 2 (KIP-110).
    if (wrapper.codec() >= compression::zstd || wrapper.value.is_null()) return errc::corrupt_batch;
    unpacked_.clear();
    const auto packed = wrapper.value.bytes();
    const auto error = wrapper.magic == 0
                           ? codecs_.decompress_magic_0(wrapper.codec(), packed, unpacked_, most)
                           : codecs_.decompress(wrapper.codec(), packed, unpacked_, most);
    inner = unpacked_.bytes();
    return error;
}

error_code legacy_reader::read(std::span<const std::byte> entry, std::size_t most, bool check_crcs,
                               byte_buffer& out, batch_view& batch) {
    legacy_entry outer;
    if (!read_legacy_entry(entry, outer) || outer.whole.size() != entry.size() || outer.offset < 0) {
        return errc::corrupt_batch;
    }
    if (check_crcs && !outer.crc_fits()) return errc::corrupt_batch;
    std::span<const std::byte> inner;
    if (const auto error = unwrap(outer, most, inner)) return error;
    run all;
    if (!measure(inner, outer, check_crcs, all)) return errc::corrupt_batch;
    const auto base_offset = base_offset_of(outer, all);
    // Room for the offset behind, as in magic 2.
    constexpr auto most_offset =
        std::numeric_limits<std::int64_t>::max() - std::numeric_limits<std::int32_t>::max() - 1;
    if (base_offset < 0 || base_offset > most_offset) return errc::corrupt_batch;
    out.clear();
    try {
        (void)out.prepare_exactly(all.bound);
    } catch (const std::bad_alloc&) {
        return errc::not_enough_memory;
    }
    out.commit(write(inner, all, out.data()));

    batch = {};
    batch.base_offset = base_offset;
    batch.last_offset_delta = static_cast<std::int32_t>(all.last - all.first);
    batch.base_timestamp = all.first_time;
    // The wrapper's time is the broker's when it set one; that of the records otherwise counts.
    batch.max_timestamp = outer.log_append_time() ? outer.time : all.last_time;
    batch.attributes = outer.log_append_time() ? batch_attributes::log_append_time : std::int16_t{0};
    batch.record_count = all.count;
    batch.whole = entry;
    batch.records = out.bytes();
    return {};
}

KASIO_END_NAMESPACE
