// SPDX-License-Identifier: BSL-1.0
#include "compression/compression.hpp"
#include "record/batch_view.hpp"
#include "record/legacy_view.hpp"
#include "record_walk.hpp"
#include "require.hpp"
#include "targets.hpp"

using namespace kasio;

namespace {

constexpr std::size_t most = 1 << 18;

} // namespace

void fuzz_batches(std::span<const std::byte> input) {
    static decompressor codecs;
    batch_reader reader{input};
    batch_view batch;
    byte_buffer unpacked;
    auto found = reader.next(batch);
    for (; found == batch_reader::outcome::batch || found == batch_reader::outcome::legacy;
         found = reader.next(batch)) {
        require(reader.rest().data() == batch.whole.data() + batch.whole.size(), "batches follow each other");
        if (found == batch_reader::outcome::legacy) continue;
        static_cast<void>(batch.crc_fits());
        unpacked.clear();
        if (codecs.decompress(batch.codec(), batch.records, unpacked, most)) continue;
        require(unpacked.size() <= most, "no more comes out than is allowed");
        walk_records(batch, unpacked.bytes());
    }
}

void fuzz_legacy(std::span<const std::byte> input) {
    static decompressor codecs;
    static legacy_reader legacy{codecs};
    batch_reader reader{input};
    batch_view found;
    byte_buffer records;
    for (auto outcome = reader.next(found); outcome == batch_reader::outcome::legacy;
         outcome = reader.next(found)) {
        batch_view checked;
        const error_code strict = legacy.read(found.whole, most, true, records, checked);
        batch_view batch;
        const error_code error = legacy.read(found.whole, most, false, records, batch);
        require(strict || !error, "what passes with check sums passes without");
        if (error) continue;
        require(batch.whole.data() == found.whole.data(), "the batch is the entry");
        require(walk_records(batch, batch.records), "what is made of old entries is valid");
    }
}
