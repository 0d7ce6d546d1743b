// SPDX-License-Identifier: BSL-1.0
// What sending costs in allocations, once buffers have grown: none a record, a handful a batch.
#include "support/catch.hpp"
#include "support/run.hpp"

#include <kasio/producer.hpp>
#include <kasio/testing/broker.hpp>

#include <cstdlib>
#include <new>

namespace asio = boost::asio;
using namespace kasio;
using namespace std::chrono_literals;

namespace {

// Of this thread only: the in-process cluster has its own.
thread_local std::size_t allocations = 0;

void* counted(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc{};
}

} // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    ++allocations;
    return std::malloc(size == 0 ? 1 : size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    ++allocations;
    return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

namespace {

constexpr int records_a_round = 20'000;

struct fixture {
    testing::broker broker;
    asio::io_context io;
    std::size_t ended = 0;
    cluster kafka{io.get_executor(), {.bootstrap_servers = broker.bootstrap_servers()}};
    producer out{kafka, options()};

    producer_options options() {
        producer_options options;
        options.batch_size = 100'000;
        options.on_delivery = [this](const delivery_report& report) { ended += report.deliveries.size(); };
        return options;
    }
    /// Sends a round of records with `send` and delivers them; gives the allocations of the whole round.
    template <class Send>
    std::size_t round(Send send) {
        ended = 0;
        const auto before = allocations;
        for (int number = 0; number < records_a_round; ++number) send();
        bool flushed = false;
        out.async_flush([&flushed](error_code) { flushed = true; });
        REQUIRE(kasio_test::run_until(io, [&flushed] { return flushed; }));
        REQUIRE(ended == records_a_round);
        return allocations - before;
    }
};

} // namespace

TEST_CASE("try_send allocates nothing per record, from the call to its report") {
    fixture f;
    f.broker.create_topic("t", 1);
    int refused = 0;
    const auto send = [&f, &refused] {
        if (f.out.try_send({.topic = "t", .key = "key-0001", .value = "a value"})) ++refused;
    };
    for (int warm_up = 0; warm_up < 3; ++warm_up) f.round(send);
    const auto used = f.round(send);
    INFO(used << " allocations for " << records_a_round << " records");
    CHECK(used < records_a_round / 50);
    CHECK(refused == 0);
}

TEST_CASE("async_send with a callback allocates nothing per record, from the call to its completion") {
    fixture f;
    f.broker.create_topic("t", 1);
    const auto send = [&f] {
        f.out.async_send({.topic = "t", .key = "key-0001", .value = "a value"},
                         [&f](error_code error, const delivery&) { f.ended += error ? 0 : 1; });
    };
    for (int warm_up = 0; warm_up < 3; ++warm_up) f.round(send);
    const auto used = f.round(send);
    INFO(used << " allocations for " << records_a_round << " records");
    CHECK(used < records_a_round / 50);
}
