// SPDX-License-Identifier: BSL-1.0
#include "allocated.hpp"

#include <cstdlib>
#include <new>

namespace {

thread_local std::size_t taken_bytes = 0;
thread_local std::size_t taken_times = 0;

void* take(std::size_t size) noexcept {
    taken_bytes += size;
    ++taken_times;
    return std::malloc(size);
}

} // namespace

void* operator new(std::size_t size) {
    if (void* const memory = take(size)) return memory;
    throw std::bad_alloc{};
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return take(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace kasio_test {

void allocated::reset() noexcept {
    taken_bytes = 0;
    taken_times = 0;
}
std::size_t allocated::bytes() noexcept { return taken_bytes; }
std::size_t allocated::times() noexcept { return taken_times; }

} // namespace kasio_test
