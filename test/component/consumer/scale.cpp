// SPDX-License-Identifier: BSL-1.0
// What many partitions cost, how much memory a slow reader takes, what a record costs. Processor time and
// allocations are those of this thread: the in-process cluster has one of its own. KASIO_TEST_WHOLE=1 runs
// the long forms.
#include "component/consumer/consumer_fixture.hpp"

#include <malloc.h>
#include <unistd.h>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <new>

namespace {

thread_local std::size_t allocations = 0;
thread_local std::ptrdiff_t live_bytes = 0;

void* counted(std::size_t size) noexcept {
    void* const memory = std::malloc(size == 0 ? 1 : size);
    ++allocations;
    live_bytes += static_cast<std::ptrdiff_t>(malloc_usable_size(memory));
    return memory;
}

void release(void* memory) noexcept {
    live_bytes -= static_cast<std::ptrdiff_t>(malloc_usable_size(memory));
    std::free(memory);
}

void* or_throw(void* memory) {
    if (memory == nullptr) throw std::bad_alloc{};
    return memory;
}

} // namespace

void* operator new(std::size_t size) { return or_throw(counted(size)); }
void* operator new[](std::size_t size) { return or_throw(counted(size)); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void operator delete(void* memory) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { release(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { release(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { release(memory); }

using namespace kasio_test;

namespace {

constexpr int many = 10'000;

bool whole() { return std::getenv("KASIO_TEST_WHOLE") != nullptr; }

#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
constexpr double slowness = 1;
#else
constexpr double slowness = 20;
#endif
// A sanitizer keeps what was freed for a while.
#if defined(KASIO_TEST_SANITIZED)
constexpr std::size_t memory_factor = 4;
#else
constexpr std::size_t memory_factor = 1;
#endif

double processor_seconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

std::size_t resident_bytes() {
    std::ifstream statm{"/proc/self/statm"};
    std::size_t all = 0;
    std::size_t resident = 0;
    statm >> all >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

int threads_of_this_process() {
    std::ifstream status{"/proc/self/status"};
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("Threads:")) return std::stoi(line.substr(8));
    }
    return 0;
}

std::vector<assignment> all_of(const std::string& topic) {
    std::vector<assignment> all;
    for (int i = 0; i < many; ++i) all.emplace_back(topic_partition{topic, i});
    return all;
}

} // namespace

TEST_CASE("ten thousand partitions cost little: at rest, in memory, on the line, and when all of them move",
          "[R4]") {
    testing::broker broker{{.nodes = 3}};
    broker.create_topic("many", many);
    auto options = from_start();
    options.fetch_max_wait = 500ms;
    reader with{broker, options};
    const auto threads = threads_of_this_process();
    const auto wanted = all_of("many");
    const auto before = live_bytes;
    with.in.assign(wanted);
    polled first;
    with.in.async_poll(first.handler());
    // Until each partition's position is known and each node was told once of all that it leads.
    REQUIRE(run_until(with.io, [&] { return with.in.position({"many", many - 1}) == 0; }));
    with.io.run_for(2s);
    const auto each = static_cast<double>(live_bytes - before) / many;
    std::printf("memory of a partition: %.0f bytes\n", each);
    CHECK(each < 3000);

    broker.clear_requests();
    const auto rest = whole() ? 20s : 5s;
    const auto used = processor_seconds();
    const auto handlers = with.io.run_for(rest);
    const auto share = (processor_seconds() - used) / std::chrono::duration<double>(rest).count();
    std::size_t largest = 0;
    const auto fetches = broker.requests(api::fetch);
    for (const auto& request : fetches) largest = std::max(largest, request.size);
    std::printf("at rest: %.2f %% of a core, %zu fetches in %lld s, of %zu bytes at most, %zu handlers run\n",
                share * 100, fetches.size(), static_cast<long long>(rest.count()), largest, handlers);
    CHECK(share < 0.01);
    CHECK(largest < 200);
    // Each node is asked again when it has answered, which takes half a second; nobody is asked anything
    // else, and nothing else wakes up.
    REQUIRE(fetches.size() >= 3);
    CHECK(fetches.size() <= 3 * static_cast<std::size_t>(2 * rest.count() + 2));
    CHECK(broker.request_count() == fetches.size());
    CHECK(handlers < 30 * fetches.size());
    CHECK(first.times == 0);
    CHECK(threads_of_this_process() == threads);
    CHECK(broker.connection_count() <= 8);

    // All partitions of a node move at once.
    const auto start = processor_seconds();
    broker.kill_node(2);
    REQUIRE(run_until(with.io, [&] { return broker.leader("many", 1) != 2; }));
    for (int i = 0; i < 30; ++i) broker.append("many", i, {.value = "after"});
    std::size_t read = 0;
    while (read < 30) {
        if (first.times == 1) {
            REQUIRE_FALSE(first.error);
            read += first.records.size();
            if (read < 30) {
                first = {};
                with.in.async_poll(first.handler());
            }
        }
        if (read < 30)
            REQUIRE(run_until(
                with.io, [&] { return first.times == 1; }, 20s));
    }
    const auto moved = processor_seconds() - start;
    std::printf("processor for the move: %.0f ms\n", moved * 1000);
    CHECK(moved < 0.5 * slowness);
    CHECK(threads_of_this_process() == threads);
}

TEST_CASE("a slow reader of much data takes no more memory than its budget", "[R2]") {
    testing::broker broker{{.nodes = 3}};
    broker.create_topic("t", 6);
    const std::size_t mib = 1024 * 1024;
    const auto total = (whole() ? 1024 : 96) * mib;
    const auto rate = static_cast<double>((whole() ? 1 : 16) * mib);
    const std::string value(10 * 1024, 'x');
    std::vector<producer_record> records(100);
    for (auto& each : records) each.value = value;
    std::size_t filled = 0;
    for (int i = 0; filled < total; ++i, filled += records.size() * value.size())
        broker.append("t", i % 6, records);
    consumer_options options = from_start();
    options.buffer_memory = 32 * mib;
    reader with{broker, options};
    malloc_trim(0);
    const auto before = resident_bytes();
    with.in.assign_topic("t");
    std::size_t read = 0;
    std::size_t most = before;
    std::size_t most_counted = 0;
    const auto start = std::chrono::steady_clock::now();
    const auto limit = whole() ? filled : static_cast<std::size_t>(rate * 4);
    while (read < limit) {
        const auto result = with.poll();
        REQUIRE_FALSE(result.error);
        for (const auto& record : result.records) read += record.value().size();
        const auto due = std::chrono::duration<double>(static_cast<double>(read) / rate);
        while (std::chrono::steady_clock::now() - start < due) {
            with.io.restart();
            with.io.run_one_for(10ms);
            most = std::max(most, resident_bytes());
            most_counted = std::max(most_counted, with.in.metrics().used_memory);
        }
    }
    std::printf("%zu MiB read of %zu: resident memory grew by %.1f MiB, %.1f counted\n", read / mib,
                filled / mib, static_cast<double>(most - before) / static_cast<double>(mib),
                static_cast<double>(most_counted) / static_cast<double>(mib));
    CHECK(most - before < memory_factor * 48 * mib);
    CHECK(most_counted < 34 * mib);
}

TEST_CASE("reading allocates by answer and by poll, never by record") {
    testing::broker broker;
    broker.create_topic("t", 1);
    const std::string value(100, 'x');
    std::vector<producer_record> records(1000);
    for (auto& each : records) each.value = value;
    for (int i = 0; i < 200; ++i) broker.append("t", 0, records);
    reader with{broker};
    with.in.assign({"t", 0});
    std::size_t read = 0;
    std::size_t size = 0;
    const auto go_to = [&](std::size_t count) {
        while (read < count) {
            const auto result = with.poll();
            for (const auto& record : result.records) size += record.key().size() + record.value().size();
            read += result.records.size();
        }
    };
    go_to(50'000);
    const auto first = read;
    const auto before = allocations;
    go_to(200'000);
    const auto each = static_cast<double>(allocations - before) / static_cast<double>(read - first);
    std::printf("allocations: %.4f a record\n", each);
    CHECK(each < 0.02);
    CHECK(allocations > before); // the counter counts
    CHECK(size == 200'000 * 100);
}
