// SPDX-License-Identifier: BSL-1.0
// Batches as a broker would answer them, and what came out of a buffer.
#pragma once

#include "support/catch.hpp"

#include "base/big_endian.hpp"
#include "consumer/fetch_buffer.hpp"
#include "record/batch_edit.hpp"
#include "record/batch_layout.hpp"
#include "record/batch_writer.hpp"

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace kasio_test {

using namespace kasio;

/// What a test wants a batch to be.
struct batch_recipe {
    std::int64_t base = 0;
    int count = 1;
    kasio::compression codec = kasio::compression::none;
    std::int64_t producer = -1;
    bool transactional = false;
    bool control = false;
    /// Of the marker in a control batch: 0 aborts, 1 commits.
    int marker = 0;
    std::size_t value_size = 0;
};

using bytes = std::vector<std::byte>;

/// Records "<offset>" with the key "k"; a control batch holds one marker.
inline bytes make_batch(const batch_recipe& recipe) {
    batch_writer writer;
    writer.grow_to(batch_header_size);
    const char marker[4] = {0, 0, 0, static_cast<char>(recipe.marker)};
    for (int i = 0; i < recipe.count; ++i) {
        auto value = std::to_string(recipe.base + i);
        value.resize(std::max(recipe.value_size, value.size()), '.');
        const auto key = recipe.control ? bytes_view{marker, sizeof marker} : bytes_view{"k"};
        writer.grow_to(writer.size() + batch_writer::upper_bound(key, value, {}));
        writer.append(1000 + recipe.base + i, key, value, {});
    }
    batch_writer::finish_options how;
    how.producer_id = recipe.producer;
    how.producer_epoch = recipe.producer < 0 ? -1 : 0;
    how.transactional = recipe.transactional || recipe.control;
    how.control = recipe.control;
    bytes whole;
    if (recipe.codec == compression::none) {
        const auto made = writer.finish(how);
        whole.assign(made.begin(), made.end());
    } else {
        compressor with{recipe.codec};
        byte_buffer out;
        REQUIRE_FALSE(writer.finish_compressed(with, out, how));
        whole.assign(out.bytes().begin(), out.bytes().end());
    }
    set_base_offset(whole, recipe.base);
    set_leader_epoch(whole, 7);
    return whole;
}

/// One record in the format before Kafka 0.11, "k" and "<offset>".
inline bytes make_legacy_entry(std::int64_t offset, std::int8_t magic) {
    const auto value = std::to_string(offset);
    const std::size_t head = magic == 0 ? 18 : 26;
    bytes entry(head + 4 + 1 + 4 + value.size());
    auto* const at = entry.data();
    store_big<std::int64_t>(at, offset);
    store_big<std::int32_t>(at + 8, static_cast<std::int32_t>(entry.size() - 12));
    at[16] = static_cast<std::byte>(magic);
    if (magic == 1) store_big<std::int64_t>(at + 18, 1000 + offset);
    store_big<std::int32_t>(at + head, 1);
    at[head + 4] = std::byte{'k'};
    store_big<std::int32_t>(at + head + 5, static_cast<std::int32_t>(value.size()));
    std::memcpy(at + head + 9, value.data(), value.size());
    // CRC-32 as gzip's, bit by bit.
    std::uint32_t crc = ~0U;
    for (std::size_t i = 16; i < entry.size(); ++i) {
        crc ^= static_cast<std::uint32_t>(at[i]);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0U);
    }
    store_big<std::uint32_t>(at + 12, ~crc);
    return entry;
}

inline std::shared_ptr<const bytes> frame_of(const std::vector<bytes>& batches) {
    auto frame = std::make_shared<bytes>();
    for (const auto& each : batches) frame->insert(frame->end(), each.begin(), each.end());
    return frame;
}

/// Keeps and counts what was decompressed.
struct counting_keeper final : block_keeper {
    bool room = true;
    int kept = 0;
    std::shared_ptr<const void> keep(byte_buffer block) override {
        ++kept;
        return std::make_shared<byte_buffer>(std::move(block));
    }
    bool has_room() const noexcept override { return room; }
};

/// A buffer with all around it.
struct buffer_fixture {
    fetch_buffer buffer{std::make_shared<const std::string>("t"), 3};
    decompressor codecs;
    counting_keeper keeper;
    std::size_t max_batch_bytes = 1 << 20;
    bool check_crcs = true;

    explicit buffer_fixture(std::int64_t from = 0) { buffer.reset(from); }
    batch_opening how() { return {codecs, keeper, max_batch_bytes, check_crcs}; }
    fetch_buffer::added add(const std::vector<bytes>& batches,
                            std::vector<aborted_filter::transaction> aborted = {}) {
        const auto frame = frame_of(batches);
        return buffer.add(frame, *frame, aborted_filter{std::move(aborted)});
    }
    fetched_records take(std::size_t records = 1'000'000, bool must_open = true) {
        auto state = std::make_shared<fetched_state>();
        buffer.take(how(), {records, std::numeric_limits<std::size_t>::max()}, must_open, *state);
        return fetched_records{state};
    }
    std::vector<std::int64_t> offsets(std::size_t records = 1'000'000) {
        std::vector<std::int64_t> all;
        const auto taken = take(records);
        for (const auto& record : taken) {
            all.push_back(record.offset());
            CHECK(record.value().view().substr(0, record.value().view().find('.')) ==
                  std::to_string(record.offset()));
            CHECK(record.key() == "k");
            CHECK(record.topic() == "t");
            CHECK(record.partition() == 3);
            CHECK(record.leader_epoch() == 7);
            CHECK(record.timestamp().time_since_epoch().count() == 1000 + record.offset());
        }
        CHECK(all.size() == taken.size());
        return all;
    }
};

inline std::vector<std::int64_t> range(std::int64_t first, std::int64_t end) {
    std::vector<std::int64_t> all;
    for (; first < end; ++first) all.push_back(first);
    return all;
}

} // namespace kasio_test
