// SPDX-License-Identifier: BSL-1.0
#include "largest_allocation.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {
std::atomic<std::size_t> largest{0};
}

std::size_t largest_allocation() noexcept { return largest; }
void forget_allocations() noexcept { largest = 0; }

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    for (auto seen = largest.load(); size > seen && !largest.compare_exchange_weak(seen, size);) {
    }
    return std::malloc(size != 0 ? size : 1);
}
void* operator new(std::size_t size) {
    if (void* const memory = operator new(size, std::nothrow)) return memory;
    throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
