// SPDX-License-Identifier: BSL-1.0
#include "producer/arena.hpp"

#include "support/catch.hpp"

#include <cstdint>
#include <set>

using namespace kasio;

namespace {

bool aligned(const void* at, std::size_t align) { return reinterpret_cast<std::uintptr_t>(at) % align == 0; }

} // namespace

TEST_CASE("an arena hands out memory that is aligned and does not overlap") {
    arena memory;
    std::set<std::pair<std::uintptr_t, std::uintptr_t>> taken;
    for (std::size_t round = 0; round < 500; ++round) {
        const std::size_t size = 8 + round % 57;
        const std::size_t align = std::size_t{1} << (round % 5);
        auto* const at = memory.allocate(size, align);
        REQUIRE(aligned(at, align));
        const auto begin = reinterpret_cast<std::uintptr_t>(at);
        for (const auto& [other, end] : taken) REQUIRE((begin + size <= other || end <= begin));
        taken.emplace(begin, begin + size);
    }
}

TEST_CASE("an arena gives the same memory again after it was cleared") {
    arena memory;
    auto* const first = memory.allocate(100, 8);
    for (int i = 0; i < 100; ++i) (void)memory.allocate(100, 8);
    memory.clear();
    CHECK(memory.allocate(100, 8) == first);
}

TEST_CASE("an arena serves a handler larger than its chunks, and one with a strict alignment") {
    arena memory;
    (void)memory.allocate(10, 1);
    auto* const large = memory.allocate(100'000, 64);
    CHECK(aligned(large, 64));
    auto* const next = memory.allocate(16, 16);
    CHECK(aligned(next, 16));
    memory.clear();
    CHECK(aligned(memory.allocate(100'000, 64), 64));
}
