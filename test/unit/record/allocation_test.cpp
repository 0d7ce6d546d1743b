// SPDX-License-Identifier: BSL-1.0
// Records cost no allocation, neither written nor read.
#include "record/batch_writer.hpp"
#include "record/record_cursor.hpp"

#include "support/catch.hpp"

#include <array>
#include <cstdlib>
#include <new>

using namespace kasio;

namespace {

thread_local std::size_t allocations = 0;

void* counted(std::size_t size) noexcept {
    ++allocations;
    return std::malloc(size == 0 ? 1 : size);
}

void* counted_or_thrown(std::size_t size) {
    if (void* const memory = counted(size)) return memory;
    throw std::bad_alloc{};
}

} // namespace

// Every form: sanitizers bring their own ones, which do not call each other.
void* operator new(std::size_t size) { return counted_or_thrown(size); }
void* operator new[](std::size_t size) { return counted_or_thrown(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

TEST_CASE("records are written and walked without an allocation each") {
    constexpr std::int32_t count = 1000;
    const std::array<header, 2> headers{header{"a", "1"}, header{"a", nullptr}};
    const std::string value(100, 'v');
    batch_writer writer;
    const auto before_growing = allocations;
    writer.grow_to(batch_header_size + count * batch_writer::upper_bound("key", value, headers));
    CHECK(allocations > before_growing); // the counter counts

    for (int round = 0; round < 2; ++round) {
        auto before = allocations;
        for (std::int32_t i = 0; i < count; ++i) writer.append(1'000 - i, "key", value, headers);
        const auto bytes = writer.finish({});
        CHECK(allocations - before == 0);

        before = allocations;
        batch_reader reader{bytes};
        batch_view batch;
        const auto outcome = reader.next(batch);
        const batch_origin origin;
        record_cursor cursor{batch, batch.records, &origin};
        record_view record;
        std::int32_t seen = 0;
        std::size_t header_bytes = 0;
        while (cursor.next(record) == record_cursor::outcome::record) {
            ++seen;
            for (const auto& each : record.headers()) header_bytes += each.key.size() + each.value.size();
        }
        const auto* at = batch.records.data();
        std::int64_t last = -1;
        for (std::int32_t i = 0; i < batch.record_count; ++i) {
            at = decode_valid_record(at, batch.base_offset, batch.base_timestamp, nullptr, &origin, record);
            last = record.offset();
        }
        CHECK(allocations - before == 0);
        CHECK(outcome == batch_reader::outcome::batch);
        CHECK(seen == count);
        CHECK(header_bytes == 3 * count);
        CHECK(last == count - 1);
        CHECK(at == bytes.data() + bytes.size());
        writer.reset();
    }
}
