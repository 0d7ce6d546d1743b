// SPDX-License-Identifier: BSL-1.0
// send_records COUNT try_send|callback: sends so many records of 8 + 100 bytes, and ends when all are
// delivered. The in-process cluster runs in a process of its own, so that the instructions counted here are a
// producer's alone.
#include <kasio/cluster.hpp>
#include <kasio/producer.hpp>
#include <kasio/testing/broker.hpp>

#include <boost/asio/io_context.hpp>

#include <sys/wait.h>
#include <unistd.h>
#include <cstring>
#include <string>

namespace {

void serve(int to_parent, int from_parent) {
    kasio::testing::broker broker;
    broker.create_topic("t", 1);
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

bool send(const std::string& servers, long count, bool with_callback) {
    boost::asio::io_context context;
    kasio::cluster kafka{context.get_executor(), {.bootstrap_servers = servers}};
    long delivered = 0;
    kasio::producer_options options;
    options.linger =
        std::chrono::seconds{10}; // batches go when they are full, or flushed: always the same ones
    options.batch_size = 100'000;
    options.on_delivery = [&delivered](const kasio::delivery_report& report) {
        if (!report.error) delivered += static_cast<long>(report.deliveries.size());
    };
    kasio::producer out{kafka, std::move(options)};
    const std::string value(100, 'v');
    char key[8] = {};
    const auto flush = [&] {
        bool flushed = false;
        out.async_flush([&flushed](kasio::error_code) { flushed = true; });
        while (!flushed) {
            context.restart();
            context.run_one();
        }
    };
    // The topic's partitions are known then.
    if (out.try_send({.topic = "t", .value = value})) return false;
    flush();
    for (long number = 0; number < count; ++number) {
        std::memcpy(key, &number, sizeof key);
        const kasio::producer_record record{
            .topic = "t", .key = kasio::bytes_view{key, sizeof key}, .value = value};
        if (with_callback) {
            out.async_send(record, [&delivered](kasio::error_code error, const kasio::delivery&) {
                delivered += error ? 0 : 1;
            });
        } else if (out.try_send(record)) {
            return false;
        }
        if (number % 10'000 == 9'999) flush();
    }
    flush();
    return delivered == count + 1;
}

} // namespace

int main(int count, char** arguments) {
    int up[2];
    int down[2];
    if (count != 3 || ::pipe(up) != 0 || ::pipe(down) != 0) return 2;
    if (::fork() == 0) {
        ::close(up[0]);
        ::close(down[1]);
        serve(up[1], down[0]);
        ::_exit(0);
    }
    ::close(up[1]);
    ::close(down[0]);
    const bool sent =
        send(read_line(up[0]), std::stol(arguments[1]), arguments[2] == std::string_view{"callback"});
    ::close(down[1]);
    ::wait(nullptr);
    return sent ? 0 : 1;
}
