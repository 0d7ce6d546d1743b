// SPDX-License-Identifier: BSL-1.0
// Formats before Kafka 0.11 and what log compaction leaves.
#include "support/catch.hpp"

#include "base/byte_buffer.hpp"
#include "compression/compression.hpp"
#include "record/batch_edit.hpp"
#include "record/batch_view.hpp"
#include "record/legacy_view.hpp"
#include "record/record_cursor.hpp"
#include "testing/compaction.hpp"
#include "testing/legacy_records.hpp"
#include "testing/stored_records.hpp"

#include <stdexcept>
#include <string>
#include <vector>

using namespace kasio;
using namespace kasio::testing;

namespace {

struct plain_record {
    std::int64_t offset = 0;
    std::string value;
    friend bool operator==(const plain_record&, const plain_record&) = default;
};

std::vector<plain_record> walk(const batch_view& batch, std::span<const std::byte> records) {
    std::vector<plain_record> all;
    record_cursor cursor{batch, records, nullptr};
    record_view record;
    while (cursor.next(record) == record_cursor::outcome::record)
        all.push_back({record.offset(), record.value().to_string()});
    return all;
}

std::vector<producer_record> records_of(const std::vector<std::string>& values) {
    std::vector<producer_record> all(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        all[i].value = values[i];
        all[i].timestamp = timestamp{std::chrono::milliseconds{1000 + i}};
    }
    return all;
}

const std::vector<std::string> values{"one", "two", "three"};

} // namespace

TEST_CASE("records of the old formats are read back, plain and wrapped") {
    for (const int magic : {0, 1}) {
        for (const auto codec : {compression::none, compression::gzip, compression::snappy}) {
            CAPTURE(magic, codec);
            std::vector<plain_record> all;
            decompressor codecs;
            for (const auto& piece : legacy_records(records_of(values), 7, {magic, codec})) {
                const bytes_view bytes{piece.bytes};
                batch_reader reader{bytes.bytes()};
                batch_view entry;
                REQUIRE(reader.next(entry) == batch_reader::outcome::legacy);
                CHECK(reader.rest().empty());
                legacy_reader legacy{codecs};
                byte_buffer out;
                batch_view batch;
                REQUIRE_FALSE(legacy.read(entry.whole, 10'000, true, out, batch));
                for (const auto& each : walk(batch, batch.records)) all.push_back(each);
            }
            CHECK(all == std::vector<plain_record>{{7, "one"}, {8, "two"}, {9, "three"}});
        }
    }
}

TEST_CASE("what the old formats could not hold is refused") {
    const auto records = records_of(values);
    CHECK_THROWS_AS(legacy_records(records, 0, {2, compression::none}), std::invalid_argument);
    CHECK_THROWS_AS(legacy_records(records, 0, {1, compression::zstd}), std::invalid_argument);
    CHECK_THROWS_AS(legacy_records(records, 0, {0, compression::lz4}), std::invalid_argument);
}

TEST_CASE("compaction takes records out and leaves offsets, ends and check sums right") {
    const std::string batch = encoded_batch(records_of(values));
    const bytes_view bytes{batch};
    const std::vector<std::int64_t> gone{0, 2, 17};
    const auto kept = without_records(bytes.bytes(), gone);
    REQUIRE(kept.has_value());
    batch_reader reader{*kept};
    batch_view view;
    REQUIRE(reader.next(view) == batch_reader::outcome::batch);
    CHECK(view.crc_fits());
    CHECK(view.last_offset() == 2);
    CHECK(walk(view, view.records) == std::vector<plain_record>{{1, "two"}});
    CHECK_FALSE(without_records(bytes.bytes(), std::vector<std::int64_t>{9}).has_value());
}

TEST_CASE("a batch that compaction empties goes, but for that of a producer") {
    const std::vector<std::int64_t> all{0, 1, 2};
    const std::string plain = encoded_batch(records_of(values));
    const auto nothing = without_records(bytes_view{plain}.bytes(), all);
    REQUIRE(nothing.has_value());
    CHECK(nothing->empty());
    const std::string owned = encoded_transactional_batch(records_of(values), 5);
    const auto header = without_records(bytes_view{owned}.bytes(), all);
    REQUIRE(header.has_value());
    batch_reader reader{*header};
    batch_view view;
    REQUIRE(reader.next(view) == batch_reader::outcome::batch);
    CHECK(view.crc_fits());
    CHECK(view.record_count == 0);
    CHECK(view.last_offset() == 2);
    CHECK(view.producer_id == 5);
}
