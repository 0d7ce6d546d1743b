// SPDX-License-Identifier: BSL-1.0
// What all benchmarks share: settings from the environment, processor time, latencies.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <sys/resource.h>
#include <vector>

namespace bench {

inline std::string text(const char* name, const char* otherwise) {
    const char* value = std::getenv(name);
    return value ? value : otherwise;
}
inline long number(const char* name, long otherwise) {
    const char* value = std::getenv(name);
    return value ? std::atol(value) : otherwise;
}

struct settings {
    std::string broker = text("BENCH_BROKER", "localhost:9092");
    std::string topic = text("BENCH_TOPIC", "bench");
    long messages = number("BENCH_MESSAGES", 1'000'000);
    std::size_t value_size = static_cast<std::size_t>(number("BENCH_VALUE_SIZE", 100));
    /// 1: one record at a time, without linger.
    long in_flight = number("BENCH_IN_FLIGHT", 0);
    std::string mode = text("BENCH_MODE", "try_send");
    std::string compression = text("BENCH_COMPRESSION", "none");
    std::string acks = text("BENCH_ACKS", "1");
    long batch_size = number("BENCH_BATCH_SIZE", 1'000'000);
    /// With acks all: each record once, also when requests are repeated.
    bool idempotent = number("BENCH_IDEMPOTENT", 1) != 0;
    long linger_ms = number("BENCH_LINGER_MS", 5);
};

struct cpu_time {
    double user = 0;
    double system = 0;
    static cpu_time now() {
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        const auto seconds = [](const timeval& time) {
            return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
        };
        return {seconds(usage.ru_utime), seconds(usage.ru_stime)};
    }
};

/// Times of single records, in nanoseconds; as many as there are, since a run has some hundred thousand at most.
class latencies {
public:
    void add(std::chrono::steady_clock::duration time) { all_.push_back(time.count()); }
    void print() {
        if (all_.empty()) return;
        std::sort(all_.begin(), all_.end());
        const auto at = [this](double part) {
            return all_[static_cast<std::size_t>(part * static_cast<double>(all_.size() - 1))] / 1000;
        };
        std::printf("p50 %ld us p99 %ld us\n", static_cast<long>(at(0.5)), static_cast<long>(at(0.99)));
    }

private:
    std::vector<std::int64_t> all_;
};

/// From construction to `print`.
class measurement {
public:
    void print(const char* what, long records, std::size_t bytes_each) const {
        const auto used = cpu_time::now();
        const auto wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
        const auto count = static_cast<double>(records);
        const auto user = used.user - before_.user;
        const auto system = used.system - before_.system;
        std::printf("%s: %ld records, CPU %.0f ns a record (user %.0f, system %.0f), %.0f records/s, %.1f MB/s\n", what,
                    records, (user + system) / count * 1e9, user / count * 1e9, system / count * 1e9, count / wall,
                    count * static_cast<double>(bytes_each) / wall / 1e6);
    }

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    cpu_time before_ = cpu_time::now();
};

} // namespace bench
