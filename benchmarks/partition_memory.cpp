// SPDX-License-Identifier: BSL-1.0
// What a producer holds for each of 10,000 partitions: known only; with a record on its way; when all is
// delivered. The in-process cluster runs in a process of its own, so that only the producer's memory counts.
#include <kasio/cluster.hpp>
#include <kasio/producer.hpp>
#include <kasio/testing/broker.hpp>

#include <boost/asio/io_context.hpp>

#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cstdio>
#include <string>

namespace asio = boost::asio;

namespace {

constexpr int partitions = 10'000;

long heap_bytes() { return static_cast<long>(::mallinfo2().uordblks + ::mallinfo2().hblkhd); }

void run_until(asio::io_context& context, const bool& done) {
    while (!done) {
        context.restart();
        context.run_one_for(std::chrono::milliseconds{50});
    }
}

void serve(int to_parent, int from_parent) {
    kasio::testing::broker broker;
    broker.create_topic("t", partitions);
    const auto servers = broker.bootstrap_servers() + "\n";
    if (::write(to_parent, servers.data(), servers.size()) < 0) return;
    char end = 0;
    while (::read(from_parent, &end, 1) < 0) {
    }
}

std::string read_line(int from) {
    std::string line;
    for (char each = 0; ::read(from, &each, 1) == 1 && each != '\n';) line += each;
    return line;
}

void measure(const std::string& servers) {
    asio::io_context context;
    kasio::cluster kafka{context.get_executor(), {.bootstrap_servers = servers}};
    bool known = false;
    kafka.async_metadata("t", [&known](kasio::error_code, const auto&) { known = true; });
    run_until(context, known);
    // What the cluster knows of the topic is no producer's.
    const auto empty = heap_bytes();
    kasio::producer out{kafka, {.linger = std::chrono::seconds{2}}};
    bool warm = false;
    out.async_send({.topic = "t", .partition = 0, .value = "first"},
                   [](kasio::error_code, const kasio::delivery&) {});
    out.async_flush([&warm](kasio::error_code) { warm = true; });
    run_until(context, warm);
    const auto before = heap_bytes();
    const std::string value(100, 'v');
    for (int number = 0; number < partitions; ++number) {
        if (out.try_send({.topic = "t", .partition = number, .value = value})) std::puts("refused");
    }
    const auto full = heap_bytes();
    const auto charged = out.metrics().buffer_used;
    bool flushed = false;
    out.async_flush([&flushed](kasio::error_code) { flushed = true; });
    run_until(context, flushed);
    const auto after = heap_bytes();
    const auto each = [](long bytes) { return bytes / partitions; };
    std::printf(
        "a partition of %d: known %ld bytes, with a record of 100 bytes %ld more, delivered %ld "
        "more than known; budget used with all: %zu each\n",
        partitions, each(before - empty), each(full - before), each(after - before), charged / partitions);
}

} // namespace

int main() {
    int up[2];
    int down[2];
    if (::pipe(up) != 0 || ::pipe(down) != 0) return 1;
    if (::fork() == 0) {
        ::close(up[0]);
        ::close(down[1]);
        serve(up[1], down[0]);
        ::_exit(0);
    }
    ::close(up[1]);
    ::close(down[0]);
    measure(read_line(up[0]));
    ::close(down[1]);
    ::wait(nullptr);
    return 0;
}
