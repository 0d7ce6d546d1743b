// SPDX-License-Identifier: BSL-1.0
// Many threads on the same handles.
#include "support/catch.hpp"

#include <kasio/cluster.hpp>
#include <kasio/producer.hpp>
#include <kasio/testing/broker.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace asio = boost::asio;
using namespace kasio;
using namespace std::chrono_literals;

namespace {

constexpr int thread_count = 8;

/// An io_context that several threads run.
class running_context {
public:
    explicit running_context(int threads) : work_{asio::make_work_guard(context)} {
        for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { context.run(); });
    }
    ~running_context() {
        work_.reset();
        for (auto& each : threads_) each.join();
    }
    asio::io_context context;

private:
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    std::vector<std::thread> threads_;
};

template <class Body>
void in_threads(Body body) {
    std::vector<std::thread> threads;
    for (int number = 0; number < thread_count; ++number)
        threads.emplace_back([&body, number] { body(number); });
    for (auto& each : threads) each.join();
}

} // namespace

TEST_CASE("eight threads send through one producer: all arrives once, each thread's records in its order") {
    constexpr int each = 2000;
    testing::broker broker{{.nodes = 3}};
    broker.create_topic("shared", 3);
    running_context running{4};
    cluster kafka{running.context.get_executor(), {.bootstrap_servers = broker.bootstrap_servers()}};
    std::atomic<int> delivered{0};
    std::atomic<int> reported{0};
    producer_options options;
    options.batch_size = 8192;
    options.on_delivery = [&](const delivery_report& report) {
        if (!report.error) reported += static_cast<int>(report.deliveries.size());
    };
    producer out{kafka, options};
    in_threads([&](int thread) {
        for (int number = 0; number < each; ++number) {
            const auto value = std::to_string(thread) + ":" + std::to_string(number);
            const producer_record record{.topic = "shared", .partition = thread % 3, .value = value};
            if (number % 2 == 0) {
                out.async_send(record, [&](error_code error, const delivery&) {
                    if (!error) ++delivered;
                });
            } else {
                while (out.try_send(record) == errc::would_block)
                    out.async_wait_writable(asio::use_future).wait();
            }
            if (number % 500 == 0) out.async_flush(asio::use_future).get();
        }
    });
    out.async_flush(asio::use_future).get();
    CHECK(delivered == thread_count * each / 2);
    CHECK(reported == thread_count * each / 2);
    std::vector<int> next(thread_count, 0);
    for (int partition = 0; partition < 3; ++partition) {
        for (const auto& record : broker.records("shared", partition)) {
            const auto colon = record.value->find(':');
            const auto thread = static_cast<std::size_t>(std::stoi(record.value->substr(0, colon)));
            REQUIRE(std::stoi(record.value->substr(colon + 1)) == next[thread]);
            ++next[thread];
        }
    }
    for (const auto count : next) CHECK(count == each);
    out.async_close(asio::use_future).get();
    kafka.async_close(asio::use_future).get();
}

TEST_CASE("close, cancellation and destruction race with sends, and each handler runs once") {
    testing::broker broker{{.nodes = 2}};
    broker.create_topic("raced", 2);
    running_context running{2};
    for (int round = 0; round < 10; ++round) {
        std::atomic<int> started{0};
        std::atomic<int> ended{0};
        {
            cluster kafka{running.context.get_executor(), {.bootstrap_servers = broker.bootstrap_servers()}};
            producer out{kafka, {.linger = 1ms}};
            in_threads([&](int thread) {
                for (int number = 0; number < 200; ++number) {
                    ++started;
                    out.async_send({.topic = "raced", .value = "x"},
                                   [&](error_code, const delivery&) { ++ended; });
                    if (thread == 0 && number == 100) out.async_close(10ms, [](error_code) {});
                    if (thread == 1 && number == 150) kafka.async_close([](error_code) {});
                }
            });
        }
        for (int wait = 0; wait < 1000 && ended != started; ++wait) std::this_thread::sleep_for(5ms);
        REQUIRE(ended == started);
    }
}

namespace {

/// One producer of several on a cluster, closed while threads still send through it.
struct raced_producer {
    std::optional<producer> out;
    std::atomic<int> started{0};
    std::atomic<int> ended{0};
    std::atomic<int> delivered{0};
};

void send_some(raced_producer& through, int thread, int count) {
    for (int number = 0; number < count; ++number) {
        const auto value = std::to_string(thread) + ":" + std::to_string(number);
        ++through.started;
        through.out->async_send({.topic = "many", .partition = thread % 3, .value = value},
                                [&through](error_code error, const delivery&) {
                                    if (!error) ++through.delivered;
                                    ++through.ended;
                                });
        static_cast<void>(through.out->metrics());
    }
}

} // namespace

TEST_CASE(
    "eight threads and four producers of one cluster, closed at random moments: each send ends once, as "
    "told") {
    testing::broker broker{{.nodes = 3}};
    broker.create_topic("many", 3);
    running_context running{3};
    cluster kafka{running.context.get_executor(), {.bootstrap_servers = broker.bootstrap_servers()}};
    int delivered = 0;
    for (unsigned round = 0; round < 3; ++round) {
        std::vector<std::unique_ptr<raced_producer>> producers;
        for (int i = 0; i < 4; ++i) {
            producers.push_back(std::make_unique<raced_producer>());
            producer_options options;
            options.batch_size = 4096;
            options.linger = 1ms;
            options.buffer_memory = 100'000; // so that senders wait for room too
            if (i == 3) options.compression = compression::lz4;
            producers.back()->out.emplace(kafka, options);
        }
        in_threads([&](int thread) {
            std::mt19937 random{round * 100 + static_cast<unsigned>(thread)};
            for (int burst = 0; burst < 20; ++burst) {
                auto& chosen = *producers[random() % 4];
                send_some(chosen, thread, 25);
                if (random() % 40 == 0)
                    chosen.out->async_close(std::chrono::milliseconds{random() % 20}, [](error_code) {});
                if (random() % 20 == 0) chosen.out->async_flush(asio::use_future).wait_for(5s);
            }
        });
        for (auto& each : producers) {
            each->out->async_close(5s, asio::use_future).get();
            for (int wait = 0; wait < 2000 && each->ended != each->started; ++wait)
                std::this_thread::sleep_for(5ms);
            REQUIRE(each->ended == each->started);
            delivered += each->delivered;
        }
    }
    std::size_t stored = 0;
    for (int partition = 0; partition < 3; ++partition) stored += broker.records("many", partition).size();
    CHECK(stored >= static_cast<std::size_t>(delivered));
    CHECK(delivered > 0);
    kafka.async_close(asio::use_future).get();
}
