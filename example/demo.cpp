// SPDX-License-Identifier: BSL-1.0
// The main job: produce many records, read them back, check each one.
//
//   demo [records]                        on an in-process cluster of three nodes
//   KAFKA_BROKER=host:port demo [records] on a real one; KASIO_SECURITY_PROTOCOL=ssl, KASIO_SSL_CA_LOCATION=ca.pem
//                                         and so on say how to speak to it (kasio/properties.hpp)
#include <kasio.hpp>
#include <kasio/testing/broker.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace asio = boost::asio;
using steady = std::chrono::steady_clock;

namespace {

constexpr int partitions_checked = 1024;

std::string key_of(int number) { return "key-" + std::to_string(number % 1000); }
std::string value_of(int number) { return std::to_string(number) + " is the number of this record"; }

double seconds_since(steady::time_point start) { return std::chrono::duration<double>(steady::now() - start).count(); }

/// Sends every record and waits for all deliveries. `try_send` never waits: when the producer's budget is used up
/// it says so, and we wait for room.
asio::awaitable<kasio::delivery> produce(kasio::cluster& kafka, const std::string& topic, int count) {
    int delivered = 0;
    kasio::delivery last;
    kasio::error_code failed;
    kasio::producer_options options;
    options.on_delivery = [&](const kasio::delivery_report& report) {
        if (report.error) failed = report.error;
        else delivered += static_cast<int>(report.deliveries.size());
        if (!report.error) last = report.deliveries.back();
    };
    kasio::producer producer{kafka, options};
    for (int number = 0; number < count && !failed;) {
        const auto key = key_of(number);
        const auto value = value_of(number);
        const auto error = producer.try_send({.topic = topic, .key = key, .value = value});
        if (error == kasio::errc::would_block) {
            co_await producer.async_wait_writable();
        } else if (error) {
            throw boost::system::system_error{error, "try_send"};
        } else {
            ++number;
        }
    }
    co_await producer.async_close();
    if (failed) throw boost::system::system_error{failed, "delivery"};
    if (delivered != count) throw std::runtime_error{"only " + std::to_string(delivered) + " records were delivered"};
    co_return last;
}

/// Reads until every record came once, in order within its partition.
asio::awaitable<void> consume(kasio::cluster& kafka, const std::string& topic, int count) {
    kasio::consumer consumer{kafka};
    consumer.assign_topic(topic, kasio::start_position::beginning());
    std::vector<int> last_in_partition(partitions_checked, -1);
    std::vector<bool> seen(static_cast<std::size_t>(count));
    for (int left = count; left > 0;) {
        const auto records = co_await consumer.async_poll();
        for (const auto& event : records.events()) {
            if (event.error) throw boost::system::system_error{event.error, "reading " + event.partition.topic};
        }
        for (const auto& record : records) {
            const auto number = std::stoi(record.value().to_string());
            if (number < 0 || number >= count || record.key() != kasio::bytes_view{key_of(number)} ||
                record.value() != kasio::bytes_view{value_of(number)}) {
                throw std::runtime_error{"a record came back changed: " + record.value().to_string()};
            }
            auto& last = last_in_partition.at(static_cast<std::size_t>(record.partition()));
            if (seen[static_cast<std::size_t>(number)]) throw std::runtime_error{"a record came twice"};
            if (number <= last) throw std::runtime_error{"records came out of order"};
            seen[static_cast<std::size_t>(number)] = true;
            last = number;
            --left;
        }
    }
    co_await consumer.async_close();
}

asio::awaitable<void> run(kasio::cluster_options options, int count) {
    const auto executor = co_await asio::this_coro::executor;
    kasio::cluster kafka{executor, options};
    const auto topic = "kasio-demo-" + std::to_string(std::random_device{}());
    std::cout << "brokers   " << options.bootstrap_servers << "\ntopic     " << topic << '\n';

    auto start = steady::now();
    const auto last = co_await produce(kafka, topic, count);
    auto seconds = seconds_since(start);
    std::cout << "produced  " << count << " records in " << seconds << " s (" << static_cast<long>(count / seconds)
              << " a second), the last at " << last << '\n';

    start = steady::now();
    co_await consume(kafka, topic, count);
    seconds = seconds_since(start);
    std::cout << "consumed  " << count << " records in " << seconds << " s (" << static_cast<long>(count / seconds)
              << " a second), each as it was sent\n";
    co_await kafka.async_close();
}

} // namespace

int main(int argc, char** argv) {
    const int count = argc > 1 ? std::atoi(argv[1]) : 100'000;
    if (count <= 0) {
        std::cerr << "usage: demo [records]\n";
        return 2;
    }
    std::optional<kasio::testing::broker> cluster;
    kasio::cluster_options options;
    if (std::getenv("KAFKA_BROKER") != nullptr) {
        options = kasio::options_from(kasio::environment_properties()).cluster;
    } else {
        cluster.emplace(kasio::testing::broker_options{.nodes = 3});
        options.bootstrap_servers = cluster->bootstrap_servers();
    }

    int result = 0;
    asio::io_context context;
    asio::co_spawn(context, run(options, count), [&](std::exception_ptr thrown) {
        if (!thrown) return;
        try {
            std::rethrow_exception(thrown);
        } catch (const std::exception& error) {
            std::cerr << "demo: " << error.what() << '\n';
            result = 1;
        }
    });
    context.run();
    return result;
}
