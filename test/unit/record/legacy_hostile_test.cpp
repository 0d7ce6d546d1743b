// SPDX-License-Identifier: BSL-1.0
// Entries of magic 0 and 1 that are cut, damaged, or cannot be.
#include "base/big_endian.hpp"
#include "legacy_entries.hpp"
#include "record/legacy_view.hpp"
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

constexpr std::size_t most = 1 << 20;

std::string packed(compression codec, std::string_view plain) {
    compressor with{codec};
    byte_buffer out;
    REQUIRE(with.compress(bytes_of(plain), out) == error_code{});
    return bytes_view{out.bytes()}.to_string();
}

error_code read(std::string_view entry, std::size_t limit = most, bool check_crcs = true) {
    const exact_bytes exact{bytes_of(entry)};
    decompressor codecs;
    legacy_reader reader{codecs};
    byte_buffer out;
    batch_view batch;
    return reader.read(exact.view(), limit, check_crcs, out, batch);
}

std::string wrapped(std::string_view inner, legacy_to_write wrapper = {}) {
    const auto value = packed(compression::gzip, inner);
    wrapper.attributes |= 1;
    wrapper.value = value;
    return write_legacy(wrapper);
}

} // namespace

TEST_CASE("an old entry cut short at any byte is corrupt", "[F14]") {
    decompressor codecs;
    legacy_reader reader{codecs};
    byte_buffer out;
    for (const auto& row : legacy_rows()) {
        INFO(row.title);
        batch_reader entries{bytes_of(row.bytes)};
        for (batch_view entry; entries.next(entry) == batch_reader::outcome::legacy;) {
            for (std::size_t size = 0; size < entry.whole.size(); ++size) {
                const exact_bytes cut{entry.whole.first(size)};
                batch_view batch;
                REQUIRE(reader.read(cut.view(), most, false, out, batch) == errc::corrupt_batch);
                batch_reader again{cut.view()};
                REQUIRE(again.next(batch) == batch_reader::outcome::end);
            }
        }
    }
}

TEST_CASE("a bit that turns in an old entry shows in its check sum", "[F14]") {
    const auto good = write_legacy({.key = "key", .value = "value"});
    REQUIRE(read(good) == error_code{});
    for (std::size_t at = 8; at < good.size(); ++at) { // the offset is the broker's, and outside
        for (int bit = 0; bit < 8; ++bit) {
            auto bad = good;
            bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
            REQUIRE(read(bad) == errc::corrupt_batch);
        }
    }
    // Inside a wrapper too, and only when check sums are looked at.
    auto inner = good;
    inner.back() = 'E';
    CHECK(read(wrapped(good)) == error_code{});
    CHECK(read(wrapped(inner)) == errc::corrupt_batch);
    CHECK(read(wrapped(inner), most, false) == error_code{});
    CHECK(read(inner, most, false) == error_code{});
}

TEST_CASE("old entries whose lengths cannot be are corrupt", "[F14][F4]") {
    const auto good = write_legacy({.key = "key", .value = "value"});
    const auto with = [&](std::size_t at, std::int32_t value) {
        auto bad = good;
        store_big(bad.data() + at, value);
        return read(bad, most, false);
    };
    constexpr auto greatest = std::numeric_limits<std::int32_t>::max();
    constexpr auto least = std::numeric_limits<std::int32_t>::min();
    const auto size = static_cast<std::int32_t>(good.size()) - 12;
    for (const auto value : {-1, 0, 13, 14, 21, size - 1, size + 1, greatest, least}) {
        CAPTURE(value);
        CHECK(with(8, value) == errc::corrupt_batch);
    }
    const std::size_t key_length = 26;
    for (const auto value : {-2, -1, 0, 2, 4, 100, greatest, least}) {
        CAPTURE(value);
        CHECK(with(key_length, value) == errc::corrupt_batch);
    }
    const std::size_t value_length = 33;
    for (const auto value : {-2, -1, 0, 4, 6, greatest, least}) {
        CAPTURE(value);
        CHECK(with(value_length, value) == errc::corrupt_batch);
    }
    CHECK(with(value_length, 5) == error_code{});
    CHECK(read(good + '\0', most, false) == errc::corrupt_batch);
    for (const int magic : {2, 3, -1}) CHECK(read(write_legacy({.magic = magic})) == errc::corrupt_batch);
}

TEST_CASE("offsets of old entries that cannot be are corrupt", "[F14][F4]") {
    constexpr auto greatest = std::numeric_limits<std::int64_t>::max();
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    for (const std::int64_t offset : {std::int64_t{-1}, least, greatest}) {
        CAPTURE(offset);
        CHECK(read(write_legacy({.offset = offset})) == errc::corrupt_batch);
        const auto two = write_legacy({.offset = 0}) + write_legacy({.offset = 1});
        CHECK(read(wrapped(two, {.offset = offset})) == errc::corrupt_batch);
        CHECK(read(wrapped(write_legacy({.offset = 0}) + write_legacy({.offset = offset}), {.offset = 9})) ==
              errc::corrupt_batch);
    }
    // Not rising; too far apart; before the start of the log.
    const auto inner = [](std::int64_t first, std::int64_t second) {
        return write_legacy({.offset = first}) + write_legacy({.offset = second});
    };
    CHECK(read(wrapped(inner(1, 1), {.offset = 5})) == errc::corrupt_batch);
    CHECK(read(wrapped(inner(2, 1), {.offset = 5})) == errc::corrupt_batch);
    CHECK(read(wrapped(inner(0, std::int64_t{1} << 31), {.offset = std::int64_t{1} << 40})) ==
          errc::corrupt_batch);
    CHECK(read(wrapped(inner(0, 6), {.offset = 5})) == errc::corrupt_batch);
    CHECK(read(wrapped(inner(0, 5), {.offset = 5})) == error_code{});
}

TEST_CASE("wrappers that hold what they must not are corrupt", "[F14]") {
    const auto good = write_legacy({});
    CHECK(read(wrapped(good)) == error_code{});
    CHECK(read(wrapped("")) == errc::corrupt_batch);
    CHECK(read(write_legacy({.attributes = 1, .value = nullptr})) == errc::corrupt_batch);
    CHECK(read(write_legacy({.attributes = 1, .value = ""})) == errc::corrupt_batch);
    CHECK(read(write_legacy({.attributes = 1, .value = "not packed"})) == errc::corrupt_batch);
    CHECK(read(wrapped(wrapped(good))) == errc::corrupt_batch);              // a wrapper
    CHECK(read(wrapped(write_legacy({.magic = 0}))) == errc::corrupt_batch); // another magic
    CHECK(read(wrapped(good, {.magic = 0})) == errc::corrupt_batch);
    CHECK(read(wrapped(good + good.substr(0, good.size() - 1))) == errc::corrupt_batch); // half an entry
    CHECK(read(wrapped(good + "rest")) == errc::corrupt_batch);
    for (const std::int8_t codec : {4, 5, 6, 7}) { // zstd came later, the others never
        CAPTURE(codec);
        CHECK(read(write_legacy({.attributes = codec, .value = packed(compression::gzip, good)})) ==
              errc::corrupt_batch);
    }
}

TEST_CASE("an old wrapper decompresses to the limit and no further", "[F3][F14]") {
    const std::string zeros(16 << 20, '\0');
    const auto inner = write_legacy({.value = zeros});
    const auto bomb = wrapped(inner);
    REQUIRE(bomb.size() < zeros.size() / 100);
    CHECK(read(bomb, most) == errc::batch_too_large);
    CHECK(read(bomb, inner.size() - 1) == errc::batch_too_large);
    CHECK(read(bomb, inner.size()) == error_code{});
}

TEST_CASE("random damage to old entries gives an error or some records", "[F14]") {
    constexpr std::uint64_t seed = 20'240'613;
    constexpr int cases = 20'000;
    std::mt19937_64 random{seed};
    decompressor codecs;
    legacy_reader reader{codecs};
    byte_buffer out;
    std::vector<std::string> entries;
    for (const auto& row : legacy_rows()) {
        batch_reader all{bytes_of(row.bytes)};
        for (batch_view entry; all.next(entry) == batch_reader::outcome::legacy;) {
            entries.push_back(bytes_view{entry.whole}.to_string());
        }
    }
    int errors = 0;
    std::size_t records = 0;
    for (int i = 0; i < cases; ++i) {
        auto bytes = entries[random() % entries.size()];
        for (auto times = random() % 3 + 1; times > 0; --times) {
            const auto bound = random() % 2 == 0 ? std::min<std::size_t>(bytes.size(), 48) : bytes.size();
            bytes[random() % bound] = static_cast<char>(random() % 3 == 0 ? 0xff : random());
        }
        const exact_bytes exact{bytes_of(bytes)};
        batch_view batch;
        if (reader.read(exact.view(), most, random() % 8 == 0, out, batch)) {
            ++errors;
            continue;
        }
        const exact_bytes rewritten{batch.records};
        const auto got = walk(batch, rewritten.view());
        REQUIRE_FALSE(got.corrupt); // what is passed on is valid
        REQUIRE(got.agree);
        records += got.records.size();
    }
    CHECK(errors > 0);
    CHECK(records > 0);
    std::cout << "legacy damage: " << cases << " cases, seed " << seed << ", " << errors << " errors, "
              << records << " records read\n";
}
