// SPDX-License-Identifier: BSL-1.0
// Batches whose lengths and counts cannot be.
#include "base/big_endian.hpp"
#include "base/varint.hpp"
#include "compression/compression.hpp"
#include "record/batch_edit.hpp"
#include "record/batch_writer.hpp"
#include "record/control_record.hpp"

#include "record_rows.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"
#include "walk.hpp"

#include <iostream>
#include <limits>
#include <random>

using namespace kasio;
using namespace kasio_test;

namespace {

using outcome = batch_reader::outcome;

/// Two records, without compression.
std::vector<std::byte> small_batch() {
    batch_writer writer;
    writer.grow_to(1000);
    writer.append(1, "key", "value", {});
    writer.append(2, "key", "value", {});
    const auto bytes = writer.finish({});
    return {bytes.begin(), bytes.end()};
}

outcome read(std::span<const std::byte> bytes) {
    const exact_bytes exact{bytes};
    batch_reader reader{exact.view()};
    batch_view batch;
    return reader.next(batch);
}

template <class Number>
outcome with(std::size_t at, Number value) {
    auto bytes = small_batch();
    store_big(bytes.data() + at, value);
    return read(bytes);
}

/// One record of the given body, as the only one of a batch; what the cursor says of it.
walked record_of(std::string_view digits, std::int32_t count = 1, std::int32_t last_offset_delta = 0) {
    auto bytes = small_batch();
    const auto body = from_hex(digits);
    bytes.resize(batch_header_size);
    for (const char each : body) bytes.push_back(static_cast<std::byte>(each));
    batch_view batch;
    batch.record_count = count;
    batch.last_offset_delta = last_offset_delta;
    batch.base_offset = 100;
    const exact_bytes exact{std::span{bytes}.subspan(batch_header_size)};
    return walk(batch, exact.view());
}

} // namespace

TEST_CASE("lengths and counts that cannot be are corrupt", "[F4]") {
    using namespace batch_layout;
    constexpr auto most = std::numeric_limits<std::int32_t>::max();
    constexpr auto least = std::numeric_limits<std::int32_t>::min();
    CHECK(read(small_batch()) == outcome::batch);
    for (const std::int32_t claimed : {-1, least, 0, 1, 13, 14, 48}) {
        CAPTURE(claimed);
        CHECK(with(length, claimed) == outcome::corrupt);
    }
    // The smallest batch claims two records that have no bytes; a longer one is not there as a whole.
    CHECK(with(length, std::int32_t{49}) == outcome::corrupt);
    CHECK(with(length, most) == outcome::end);
    for (const std::int32_t count : {-1, least, 3, most}) {
        CAPTURE(count);
        CHECK(with(record_count, count) == outcome::corrupt);
    }
    for (const std::int32_t delta : {-1, least, 0}) CHECK(with(last_offset_delta, delta) == outcome::corrupt);
    // Compaction leaves the range and takes records away.
    CHECK(with(last_offset_delta, most) == outcome::batch);
    for (const std::int64_t offset : {std::int64_t{-1}, std::numeric_limits<std::int64_t>::max(),
                                      std::numeric_limits<std::int64_t>::min()}) {
        CHECK(with(base_offset, offset) == outcome::corrupt);
    }
    for (const int kind : {3, 0x7f, 0xff})
        CHECK(with(magic, static_cast<std::uint8_t>(kind)) == outcome::corrupt);
    for (const int kind : {0, 1}) CHECK(with(magic, static_cast<std::uint8_t>(kind)) == outcome::legacy);
}

TEST_CASE("more records than bytes are corrupt, whatever the offsets allow", "[F4]") {
    auto bytes = small_batch();
    constexpr auto most = std::numeric_limits<std::int32_t>::max();
    store_big(bytes.data() + batch_layout::last_offset_delta, most - 1);
    store_big(bytes.data() + batch_layout::record_count, most);
    CHECK(read(bytes) == outcome::corrupt);
    // Compressed bytes may hold any number: the walk finds out.
    store_big(bytes.data() + batch_layout::attributes, std::int16_t{1});
    CHECK(read(bytes) == outcome::batch);
    batch_reader reader{bytes};
    batch_view batch;
    REQUIRE(reader.next(batch) == outcome::batch);
    const auto got = walk(batch, batch.records);
    CHECK(got.corrupt);
    CHECK(got.records.size() == 2);
}

TEST_CASE("a codec that nobody knows is kept apart from the known ones") {
    auto bytes = small_batch();
    for (const int codec : {5, 6, 7}) {
        store_big(bytes.data() + batch_layout::attributes, static_cast<std::int16_t>(codec));
        batch_reader reader{bytes};
        batch_view batch;
        REQUIRE(reader.next(batch) == outcome::batch);
        CHECK(compression_name(batch.codec()) == "unknown");
        decompressor decompress;
        byte_buffer out;
        CHECK(decompress.decompress(batch.codec(), batch.records, out, 1000) == errc::corrupt_batch);
    }
}

TEST_CASE("no batch is read beyond offsets that a 64-bit number can hold", "[F4]") {
    constexpr auto largest =
        std::numeric_limits<std::int64_t>::max() - std::numeric_limits<std::int32_t>::max() - 1;
    auto bytes = small_batch();
    store_big(bytes.data() + batch_layout::base_offset, largest);
    store_big(bytes.data() + batch_layout::last_offset_delta, std::numeric_limits<std::int32_t>::max());
    batch_reader reader{bytes};
    batch_view batch;
    REQUIRE(reader.next(batch) == outcome::batch);
    CHECK(batch.next_offset() == std::numeric_limits<std::int64_t>::max());
    store_big(bytes.data() + batch_layout::base_offset, largest + 1);
    CHECK(read(bytes) == outcome::corrupt);
}

TEST_CASE("records whose lengths cannot be are corrupt", "[F4]") {
    // length, attributes, time delta, offset delta, key length, value length, header count
    CHECK_FALSE(record_of("0c 00 00 00 01 01 00").corrupt);
    const auto cases = {
        "",                                       // nothing
        "00",                                     // no attributes
        "01",                                     // a length of -1
        "02 00",                                  // attributes alone
        "0e 00 00 00 01 01 00",                   // a byte less than it says
        "0a 00 00 00 01 01 00",                   // the header count is outside
        "0e 00 00 00 01 01 00 00",                // a byte that nobody uses
        "0c 00 00 00 03 01 00",                   // a key length of -2
        "0c 00 00 00 01 03 00",                   // a value length of -2
        "0c 00 00 00 10 01 00",                   // a key beyond the record
        "0c 00 00 00 01 10 00",                   // a value beyond the record
        "0c 00 00 00 01 01 01",                   // -1 headers
        "0c 00 00 00 01 01 02",                   // a header that is not there
        "14 00 00 00 01 01 feffffff0f",           // two billion headers
        "10 00 00 00 01 01 02 01 01",             // a header without a name
        "10 00 00 00 01 01 02 00 03",             // a header value of -2
        "10 00 00 00 01 01 02 04 01",             // a header name beyond the record
        "0c 00 00 01 01 01 00",                   // an offset delta of -1
        "0c 00 00 02 01 01 00",                   // beyond the batch's last offset
        "feffffff0f 00 00 00 01 01 00",           // a length of two billion
        "8080808080808000 00",                    // a length that never ends
        "ffffffff1f 00 00 00 01 01 00",           // a length of more than 32 bits
        "20 00 ffffffffffffffffff02 00 01 01 00", // a time of more than 64 bits
        "0c 00 00 00 01 01 00 00",                // a byte behind the last record
    };
    for (const auto* digits : cases) {
        INFO(digits);
        CHECK(record_of(digits).corrupt);
    }
}

TEST_CASE("longer varints than needed are read as Kafka reads them", "[F4]") {
    CHECK(record_of("1a 00 8000 8000 8100 8100 8000 8000", 1).corrupt); // one varint too many
    const auto right = record_of("16 00 8000 8000 8100 8100 8000", 1);
    CHECK_FALSE(right.corrupt);
    CHECK(right.agree);
    REQUIRE(right.records.size() == 1);
    CHECK_FALSE(right.records[0].key);
}

TEST_CASE("offsets that do not rise are corrupt, gaps are not", "[F4]") {
    const std::string zero = "0c 00 00 00 01 01 00";
    const std::string three = "0c 00 00 06 01 01 00";
    CHECK(record_of(zero + zero, 2, 5).corrupt);
    CHECK(record_of(three + zero, 2, 5).corrupt);
    const auto got = record_of(zero + three, 2, 5);
    CHECK_FALSE(got.corrupt);
    REQUIRE(got.records.size() == 2);
    CHECK(got.records[1].offset == 103);
}

namespace {

/// What a client does with bytes it does not trust. Returns how many records it saw.
std::size_t read_all(std::span<const std::byte> bytes, decompressor& decompress, bool& agree) {
    batch_reader reader{bytes};
    batch_view batch;
    std::size_t seen = 0;
    for (;;) {
        const auto before = reader.rest().size();
        const auto found = reader.next(batch);
        if (found == outcome::end || found == outcome::corrupt) return seen;
        REQUIRE(reader.rest().size() < before);
        if (found == outcome::legacy) continue;
        (void)batch.crc_fits();
        byte_buffer out;
        if (decompress.decompress(batch.codec(), batch.records, out, 1 << 20)) continue;
        REQUIRE(out.size() <= 1 << 20);
        const exact_bytes records{out.bytes()};
        if (batch.control()) (void)read_control_marker(batch, records.view());
        const auto got = walk(batch, records.view());
        agree = agree && got.agree;
        seen += got.records.size();
    }
}

} // namespace

TEST_CASE("random damage never leads to a read beyond the bytes", "[F3][F4]") {
    constexpr std::uint64_t seed = 20'240'611;
    constexpr int cases = 10'000;
    std::mt19937_64 random{seed};
    decompressor decompress;
    const auto& rows = record_rows();
    bool agree = true;
    std::size_t seen = 0;
    for (int i = 0; i < cases; ++i) {
        // Damage in the header is half of it: there the counts and lengths stand.
        auto bytes = rows[random() % rows.size()].bytes;
        for (auto times = random() % 4 + 1; times > 0; --times) {
            const auto bound = random() % 2 == 0 ? std::min<std::size_t>(bytes.size(), 80) : bytes.size();
            bytes[random() % bound] = static_cast<char>(random() % 3 == 0 ? 0xff : random());
        }
        if (random() % 4 == 0) bytes.resize(random() % (bytes.size() + 1));
        const exact_bytes exact{bytes_of(bytes)};
        seen += read_all(exact.view(), decompress, agree);
    }
    CHECK(agree);
    CHECK(seen > 0);
    std::cout << "record damage: " << cases << " cases, seed " << seed << ", " << seen << " records read\n";
}
