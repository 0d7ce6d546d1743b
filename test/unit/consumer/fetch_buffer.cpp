// SPDX-License-Identifier: BSL-1.0
#include "batches.hpp"

#include "base/big_endian.hpp"
#include "record/batch_layout.hpp"

#include <functional>

using namespace kasio_test;
using added = fetch_buffer::added;

TEST_CASE("records come out in order, across batches and answers") {
    buffer_fixture with;
    CHECK(with.buffer.empty());
    CHECK(with.add({make_batch({.base = 0, .count = 3}), make_batch({.base = 3, .count = 2})}) ==
          added::progress);
    CHECK(with.buffer.fetch_offset() == 5);
    CHECK(with.buffer.next() == 0);
    CHECK(with.add({make_batch({.base = 5})}) == added::progress);
    CHECK(with.buffer.fetch_offset() == 6);
    CHECK(with.offsets() == range(0, 6));
    CHECK(with.buffer.next() == 6);
    CHECK(with.buffer.last_epoch() == 7);
    CHECK(with.buffer.empty());
    CHECK(with.buffer.bytes() == 0);
    CHECK(with.offsets().empty());
}

TEST_CASE("records below the position are passed over, wherever it lies in the batch", "[F10]") {
    for (std::int64_t from = 0; from < 12; ++from) {
        CAPTURE(from);
        buffer_fixture with{from};
        with.add({make_batch({.base = 0, .count = 6}), make_batch({.base = 6, .count = 6})});
        CHECK(with.offsets() == range(from, 12));
        CHECK(with.buffer.next() == 12);
    }
    buffer_fixture beyond{12};
    CHECK(beyond.add({make_batch({.base = 0, .count = 6}), make_batch({.base = 6, .count = 6})}) ==
          added::nothing);
    CHECK(beyond.buffer.empty());
    CHECK(beyond.buffer.fetch_offset() == 12);
}

TEST_CASE("a limit cuts inside a batch, and the position is exact at each cut") {
    for (const auto codec : {compression::none, compression::lz4}) {
        for (std::size_t most = 1; most < 12; ++most) {
            CAPTURE(most);
            buffer_fixture with{2};
            with.add({make_batch({.base = 0, .count = 5, .codec = codec}),
                      make_batch({.base = 5, .count = 6, .codec = codec})});
            std::int64_t next = 2;
            while (next < 11) {
                const auto until = std::min<std::int64_t>(11, next + static_cast<std::int64_t>(most));
                CHECK(with.offsets(most) == range(next, until));
                CHECK(with.buffer.next() == until);
                next = until;
            }
            CHECK(with.buffer.empty());
        }
    }
}

TEST_CASE("gaps that compaction left are no fault; the position goes past them", "[F10]") {
    buffer_fixture with{4};
    // Offset 10 to 14 survive in the first batch, which stands for 10 to 19.
    auto batch = make_batch({.base = 10, .count = 5});
    store_big<std::int32_t>(batch.data() + batch_layout::last_offset_delta, 9);
    write_crc(batch);
    with.add({batch, make_batch({.base = 30, .count = 2})});
    CHECK(with.offsets() == std::vector<std::int64_t>{10, 11, 12, 13, 14, 30, 31});
    CHECK(with.buffer.next() == 32);
    // A batch of which nothing is left.
    auto hollow = make_batch({.base = 32, .count = 0});
    store_big<std::int32_t>(hollow.data() + batch_layout::last_offset_delta, 4);
    write_crc(hollow);
    CHECK(with.add({hollow}) == added::progress);
    CHECK(with.offsets().empty());
    CHECK(with.buffer.next() == 37);
    CHECK(with.buffer.empty());
}

TEST_CASE("a batch that was cut at the end of an answer is left for the next one", "[F2]") {
    const auto first = make_batch({.base = 0, .count = 3});
    const auto second = make_batch({.base = 3, .count = 3});
    for (std::size_t length = 0; length <= second.size(); ++length) {
        buffer_fixture with;
        CHECK(
            with.add({first, bytes(second.begin(), second.begin() + static_cast<std::ptrdiff_t>(length))}) ==
            added::progress);
        const std::int64_t end = length == second.size() ? 6 : 3;
        CHECK(with.buffer.fetch_offset() == end);
        CHECK(with.offsets() == range(0, end));
        CHECK_FALSE(with.buffer.broken());
        buffer_fixture alone{3};
        const auto outcome =
            alone.add({bytes(second.begin(), second.begin() + static_cast<std::ptrdiff_t>(length))});
        CHECK((outcome == added::progress) == (length == second.size()));
    }
}

TEST_CASE("control batches are passed and never come out", "[F10]") {
    buffer_fixture with;
    with.add({make_batch({.base = 0, .count = 2, .producer = 1, .transactional = true}),
              make_batch({.base = 2, .producer = 1, .control = true, .marker = 1}),
              make_batch({.base = 3, .producer = 1, .control = true, .marker = 9})});
    CHECK(with.offsets() == range(0, 2));
    CHECK(with.buffer.next() == 4);
    with.add({make_batch({.base = 4, .producer = 1, .control = true})});
    CHECK(with.offsets().empty());
    CHECK(with.buffer.next() == 5);
    CHECK(with.buffer.empty());
}

TEST_CASE("what was aborted does not come out, and the position goes past it", "[F9][F10]") {
    buffer_fixture with;
    with.add({make_batch({.base = 0, .count = 2, .producer = 1, .transactional = true}),
              make_batch({.base = 2, .count = 2, .producer = 2, .transactional = true}),
              make_batch({.base = 4, .producer = 1, .control = true, .marker = 0}),
              make_batch({.base = 5, .count = 2, .producer = 1, .transactional = true})},
             {{1, 0}});
    CHECK(with.offsets() == std::vector<std::int64_t>{2, 3, 5, 6});
    CHECK(with.buffer.next() == 7);
}

namespace {

struct damage {
    const char* name;
    std::function<void(bytes&)> apply;
    errc error = errc::corrupt_batch;
    /// The check sum is made right again: the fault lies deeper.
    bool repair = false;
};

template <class Number>
std::function<void(bytes&)> put(std::size_t at, Number value) {
    return [=](bytes& batch) { store_big<Number>(batch.data() + at, value); };
}

const std::vector<damage> damages{
    {"a bit of a value", [](bytes& batch) { batch[batch.size() - 3] ^= std::byte{1}; }},
    {"check sum", put<std::uint32_t>(batch_layout::crc, 0)},
    {"length below a header", put<std::int32_t>(batch_layout::length, 48)},
    {"negative length", put<std::int32_t>(batch_layout::length, -1)},
    {"negative record count", put<std::int32_t>(batch_layout::record_count, -1), errc::corrupt_batch, true},
    {"more records than bytes", put<std::int32_t>(batch_layout::record_count, 1'000'000), errc::corrupt_batch,
     true},
    {"one record too few", put<std::int32_t>(batch_layout::record_count, 2), errc::corrupt_batch, true},
    {"offsets beyond the last", put<std::int32_t>(batch_layout::last_offset_delta, 1), errc::corrupt_batch,
     true},
    {"negative last offset", put<std::int32_t>(batch_layout::last_offset_delta, -1), errc::corrupt_batch,
     true},
    {"negative base offset", put<std::int64_t>(batch_layout::base_offset, -5)},
    {"base offset going back", put<std::int64_t>(batch_layout::base_offset, 1)},
    {"unknown magic", [](bytes& batch) { batch[batch_layout::magic] = std::byte{3}; }},
    {"record length beyond the end", [](bytes& batch) { batch[batch_header_size] = std::byte{0x7e}; },
     errc::corrupt_batch, true},
    {"overlong varint",
     [](bytes& batch) { std::fill_n(batch.begin() + batch_header_size, 6, std::byte{0xff}); },
     errc::corrupt_batch, true},
    {"a codec that is none", [](bytes& batch) { batch[batch_layout::attributes + 1] = std::byte{6}; },
     errc::corrupt_batch, true},
};

} // namespace

TEST_CASE("a batch that cannot be stops its partition there, once, and what lies before comes out",
          "[F1][F4]") {
    for (const auto& each : damages) {
        CAPTURE(each.name);
        buffer_fixture with;
        auto bad = make_batch({.base = 3, .count = 3});
        each.apply(bad);
        if (each.repair) write_crc(bad);
        CHECK(with.add({make_batch({.base = 0, .count = 3}), bad, make_batch({.base = 6, .count = 3})}) ==
              added::progress);
        CHECK(with.buffer.failed() == nullptr);
        CHECK(with.offsets(2) == range(0, 2));
        CHECK(with.buffer.failed() == nullptr);
        CHECK(with.offsets() == range(2, 3));
        REQUIRE(with.buffer.failed() != nullptr);
        CHECK(with.buffer.failed()->error == each.error);
        CHECK((with.buffer.failed()->next == 6 || with.buffer.failed()->next == -1 ||
               each.name == std::string{"offsets beyond the last"}));
        CHECK(with.buffer.next() == 3);
        CHECK(with.buffer.broken());
        CHECK(with.offsets().empty());
        CHECK(with.buffer.bytes() == 0);
        CHECK(with.add({make_batch({.base = 3, .count = 3})}) == added::nothing);
        with.buffer.reset(6);
        CHECK(with.buffer.failed() == nullptr);
        CHECK(with.add({make_batch({.base = 6, .count = 3})}) == added::progress);
        CHECK(with.offsets() == range(6, 9));
    }
}

TEST_CASE("check sums may be left unchecked") {
    buffer_fixture with;
    with.check_crcs = false;
    auto batch = make_batch({.base = 0, .count = 2});
    store_big<std::uint32_t>(batch.data() + batch_layout::crc, 0);
    with.add({batch});
    CHECK(with.offsets() == range(0, 2));
}

TEST_CASE("a batch that grows beyond the bound is refused, and the next one can be read", "[F3]") {
    for (const auto codec : {compression::gzip, compression::snappy, compression::lz4, compression::zstd}) {
        if (!is_available(codec)) continue;
        CAPTURE(static_cast<int>(codec));
        buffer_fixture with;
        with.max_batch_bytes = 100'000;
        const auto bomb = make_batch({.base = 0, .count = 1, .codec = codec, .value_size = 2'000'000});
        with.add({bomb, make_batch({.base = 1, .codec = codec})});
        CHECK(with.offsets().empty());
        REQUIRE(with.buffer.failed() != nullptr);
        CHECK(with.buffer.failed()->error == errc::batch_too_large);
        CHECK(with.buffer.failed()->next == 1);
        CHECK(with.keeper.kept == 0);
    }
    buffer_fixture plain;
    plain.max_batch_bytes = 1000;
    plain.add({make_batch({.base = 0, .value_size = 2000})});
    CHECK(plain.offsets().empty());
    REQUIRE(plain.buffer.failed() != nullptr);
    CHECK(plain.buffer.failed()->error == errc::batch_too_large);
}

TEST_CASE("without memory nothing is decompressed, but one batch when nothing else would come") {
    buffer_fixture with;
    with.keeper.room = false;
    with.add({make_batch({.base = 0, .count = 2, .codec = compression::lz4}),
              make_batch({.base = 2, .count = 2, .codec = compression::lz4}), make_batch({.base = 4})});
    with.buffer.open_ahead(with.how(), 1'000'000);
    CHECK(with.keeper.kept == 0);
    CHECK(with.take(100, false).size() == 0);
    CHECK(with.take(100, true).size() == 2);
    CHECK(with.keeper.kept == 1);
    with.keeper.room = true;
    CHECK(with.offsets() == range(2, 5));
}

TEST_CASE("looking ahead changes nothing of what comes out") {
    buffer_fixture with{1};
    with.add({make_batch({.base = 0, .count = 3, .codec = compression::lz4}),
              make_batch({.base = 3, .count = 3})});
    with.buffer.open_ahead(with.how(), 1'000'000);
    CHECK(with.buffer.next() == 1);
    CHECK_FALSE(with.buffer.empty());
    CHECK(with.offsets() == range(1, 6));
}

TEST_CASE(
    "what is looked into elsewhere comes back in its place, or is dropped when nobody wants it any more") {
    const auto batch = [](std::int64_t base) {
        return make_batch({.base = base, .count = 3, .codec = compression::lz4});
    };
    buffer_fixture with{1};
    CHECK(with.buffer.begin_opening() == nullptr);
    with.add({batch(0), batch(3)});
    auto job = with.buffer.begin_opening();
    REQUIRE(job);
    CHECK(with.buffer.begin_opening() == nullptr);
    CHECK_FALSE(with.buffer.empty());
    CHECK_FALSE(with.buffer.opened());
    // More arrives meanwhile, which waits its turn.
    with.add({batch(6)});
    CHECK(with.offsets().empty());
    job->run(with.how(), false, 1);
    CHECK(with.buffer.end_opening(*job));
    CHECK(with.buffer.opened());
    auto apart = with.how();
    apart.apart = true;
    auto state = std::make_shared<fetched_state>();
    CHECK(with.buffer.take(apart, {}, true, *state) == 2);
    CHECK(with.buffer.next() == 3);
    // Without memory nothing happens; a bad batch ends it where it is.
    with.keeper.room = false;
    job = with.buffer.begin_opening();
    job->run(with.how(), false, 1'000'000);
    CHECK(with.buffer.end_opening(*job));
    CHECK_FALSE(with.buffer.opened());
    auto broken = batch(9);
    broken.back() ^= std::byte{1};
    with.add({broken});
    with.keeper.room = true;
    job = with.buffer.begin_opening();
    job->run(with.how(), true, 1'000'000);
    CHECK(with.buffer.end_opening(*job));
    CHECK(with.offsets() == range(3, 9));
    REQUIRE(with.buffer.failed() != nullptr);
    CHECK(with.buffer.failed()->error == errc::corrupt_batch);
    CHECK(with.buffer.failed()->next == 12);
    // Left behind while it is under way.
    with.buffer.reset(0);
    with.add({batch(0)});
    job = with.buffer.begin_opening();
    job->run(with.how(), true, 1'000'000);
    with.buffer.reset(3);
    with.add({batch(3)});
    CHECK_FALSE(with.buffer.end_opening(*job));
    CHECK(with.offsets() == range(3, 6));
}

TEST_CASE("records of magic 0 and 1 come out among the others", "[F14]") {
    for (const std::int8_t magic : {0, 1}) {
        CAPTURE(static_cast<int>(magic));
        bytes frame;
        for (const std::int64_t offset : {4, 5, 9}) {
            const auto entry = make_legacy_entry(offset, magic);
            frame.insert(frame.end(), entry.begin(), entry.end());
        }
        const auto modern = make_batch({.base = 10, .count = 2});
        frame.insert(frame.end(), modern.begin(), modern.end());
        buffer_fixture with{5};
        CHECK(with.add({frame}) == added::progress);
        CHECK(with.buffer.fetch_offset() == 12);
        std::vector<std::int64_t> offsets;
        for (const auto& record : with.take(3)) {
            offsets.push_back(record.offset());
            CHECK(record.key() == "k");
            CHECK(record.value() == std::to_string(record.offset()));
        }
        CHECK(offsets == std::vector<std::int64_t>{5, 9, 10});
        CHECK(with.offsets() == range(11, 12));
        // Damaged: stops there.
        frame[frame.size() - modern.size() - 1] ^= std::byte{1};
        buffer_fixture damaged{5};
        damaged.add({frame});
        CHECK(damaged.take().size() == 1);
        REQUIRE(damaged.buffer.failed() != nullptr);
        CHECK(damaged.buffer.failed()->error == errc::corrupt_batch);
        CHECK(damaged.buffer.failed()->next == 10);
    }
}

TEST_CASE("any cut or flipped byte of an answer ends in records or in an error, never beyond the bytes",
          "[F4]") {
    const std::vector<bytes> batches{make_batch({.base = 0, .count = 2}),
                                     make_batch({.base = 2, .count = 2, .codec = compression::lz4}),
                                     make_batch({.base = 4, .producer = 1, .control = true})};
    const auto whole = *frame_of(batches);
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const auto mask : {0x01, 0x80, 0xff}) {
            auto bent = whole;
            bent[at] ^= static_cast<std::byte>(mask);
            buffer_fixture with;
            with.check_crcs = false;
            const auto frame = std::make_shared<const bytes>(bent);
            with.buffer.add(frame, *frame, aborted_filter{{{1, 0}}});
            std::int64_t last = -1;
            for (const auto& record : with.take()) {
                CHECK(record.offset() > last);
                last = record.offset();
                for (const auto& header : record.headers()) CHECK(header.key.size() < bent.size());
            }
        }
    }
}
