// SPDX-License-Identifier: BSL-1.0
// Reading fetched records costs no allocation.
#include "batches.hpp"

#include <cstdlib>
#include <new>

namespace {

thread_local std::size_t allocations = 0;

void* counted_memory(std::size_t size) {
    ++allocations;
    return std::malloc(size == 0 ? 1 : size);
}

} // namespace

void* operator new(std::size_t size) {
    if (void* const memory = counted_memory(size)) return memory;
    throw std::bad_alloc{};
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return counted_memory(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return counted_memory(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

using namespace kasio_test;

TEST_CASE("reading by view allocates nothing, and taking allocates by batch, not by record") {
    std::vector<bytes> batches;
    for (int i = 0; i < 20; ++i)
        batches.push_back(make_batch({.base = i * 1000, .count = 1000, .value_size = 20}));
    const auto frame = frame_of(batches);
    buffer_fixture with;
    auto before = allocations;
    with.buffer.add(frame, *frame, {});
    auto taken = with.take();
    CHECK(allocations > before); // the counter counts
    CHECK(allocations - before < 40);
    before = allocations;
    std::size_t records = 0;
    std::size_t size = 0;
    for (const auto& record : taken) {
        ++records;
        size += record.key().size() + record.value().size() + record.headers().size();
        size += static_cast<std::size_t>(record.timestamp().time_since_epoch().count() & 1);
    }
    CHECK(allocations - before == 0);
    CHECK(records == 20'000);
    CHECK(size > records * 20);
}
