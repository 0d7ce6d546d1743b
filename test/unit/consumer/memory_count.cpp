// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include "consumer/memory_count.hpp"

#include <thread>

using namespace kasio;

TEST_CASE("bytes count from their arrival until the last share is gone") {
    const auto memory = std::make_shared<memory_count>(1000);
    const auto frame = std::make_shared<int>(1);
    auto counted = memory->count(frame, 600);
    CHECK(frame.use_count() == 2);
    CHECK(memory->used() == 600);
    CHECK(memory->has_room());
    byte_buffer block;
    block.reserve(500);
    auto kept = memory->keep(std::move(block));
    CHECK(memory->used() == 1100);
    CHECK(memory->decompressed() == 500);
    CHECK_FALSE(memory->has_room());
    auto share = kept;
    kept.reset();
    CHECK(memory->used() == 1100);
    share.reset();
    CHECK(memory->used() == 600);
    CHECK(memory->decompressed() == 0);
    counted.reset();
    CHECK(frame.use_count() == 1);
    CHECK(memory->used() == 0);
}

TEST_CASE("who wants room is woken once, from any thread, until detached") {
    const auto memory = std::make_shared<memory_count>(1000);
    int woken = 0;
    memory->on_room([&woken] { ++woken; });
    memory->count(nullptr, 10).reset();
    CHECK(woken == 0);
    memory->want();
    CHECK(woken == 0);
    auto counted = memory->count(nullptr, 10);
    std::thread{[&counted] { counted.reset(); }}.join();
    CHECK(woken == 1);
    memory->count(nullptr, 10).reset();
    CHECK(woken == 1);
    memory->want();
    memory->detach();
    memory->count(nullptr, 10).reset();
    CHECK(woken == 1);
}

TEST_CASE("counted bytes may outlive whoever counted them") {
    auto memory = std::make_shared<memory_count>(1000);
    auto counted = memory->count(std::make_shared<int>(1), 10);
    memory.reset();
    counted.reset();
}
