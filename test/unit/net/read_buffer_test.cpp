// SPDX-License-Identifier: BSL-1.0
#include "net/read_buffer.hpp"

#include "support/catch.hpp"

#include <stdexcept>
#include <thread>
#include <vector>

using namespace kasio;

TEST_CASE("a buffer returns to its pool when the last share of it goes") {
    const auto pool = std::make_shared<read_buffer_pool>(1000);
    auto first = pool->take();
    first->prepare(100);
    first->commit(100);
    const auto* const memory = first->cdata().data();
    std::shared_ptr<const void> kept = first;
    first.reset();
    CHECK(pool->idle() == 0);
    std::thread{[&kept] { kept.reset(); }}.join();
    CHECK(pool->idle() == 1);
    const auto again = pool->take();
    CHECK(again->size() == 0);
    CHECK(again->capacity() >= 100);
    CHECK(again->prepare(100).data() == memory);
    CHECK(pool->idle() == 0);
}

TEST_CASE("no buffer holds more than the stated maximum", "[C8]") {
    const auto pool = std::make_shared<read_buffer_pool>(1000);
    const auto buffer = pool->take();
    buffer->prepare(1000);
    CHECK_THROWS_AS(buffer->prepare(1001), std::length_error);
}

TEST_CASE("a pool keeps few buffers, and no huge ones") {
    const auto pool = std::make_shared<read_buffer_pool>(100 * 1024 * 1024);
    std::vector<std::shared_ptr<read_buffer_pool::buffer>> taken;
    for (std::size_t i = 0; i != read_buffer_pool::most_idle + 4; ++i) taken.push_back(pool->take());
    taken.clear();
    CHECK(pool->idle() == read_buffer_pool::most_idle);
    auto huge = pool->take();
    huge->prepare(read_buffer_pool::largest_kept_capacity + 1);
    huge.reset();
    CHECK(pool->idle() == read_buffer_pool::most_idle - 1);
}

TEST_CASE("large buffers stay while answers are large, and go when they are small again") {
    constexpr std::size_t large = 4 * 1024 * 1024;
    const auto pool = std::make_shared<read_buffer_pool>(100 * 1024 * 1024);
    const auto use = [&](std::size_t bytes) {
        const auto buffer = pool->take();
        buffer->prepare(bytes);
        pool->note(bytes);
        return buffer->capacity();
    };
    use(large);
    CHECK(pool->idle() == 0); // one alone
    for (int i = 0; i < 10; ++i) use(large);
    CHECK(pool->idle() == 1);
    CHECK(use(1) >= large);
    for (int i = 0; i < 100; ++i) pool->note(100);
    CHECK(pool->idle() == 0);
    CHECK(pool->worth_keeping() == read_buffer_pool::always_kept_capacity);
}

TEST_CASE("a share of a buffer may outlive the pool") {
    auto pool = std::make_shared<read_buffer_pool>(1000);
    const auto buffer = pool->take();
    pool.reset();
    buffer->prepare(10);
    CHECK(buffer->capacity() >= 10);
}
