// SPDX-License-Identifier: BSL-1.0
// Reads a whole topic without a group: all partitions from the beginning, up to their ends, then the last five again.
#include <kasio.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <iostream>
#include <set>

namespace asio = boost::asio;

asio::awaitable<void> fill(kasio::cluster& cluster) {
    kasio::producer producer{cluster};
    for (int number = 0; number < 100; ++number) {
        const auto value = std::to_string(number);
        co_await producer.async_send({.topic = "kasio-by-hand", .partition = number % 2, .value = value});
    }
    co_await producer.async_close();
}

/// Reads what is assigned until each partition has come to its end; gives the number of records.
asio::awaitable<std::size_t> read_to_end(kasio::consumer& consumer, std::size_t partitions) {
    std::set<kasio::topic_partition> ended;
    std::size_t count = 0;
    while (ended.size() < partitions) {
        const auto records = co_await consumer.async_poll();
        count += records.size();
        for (const auto& event : records.events()) {
            if (event.what == kasio::partition_event::kind::end_of_partition) ended.insert(event.partition);
            if (event.error) throw boost::system::system_error{event.error};
        }
    }
    co_return count;
}

asio::awaitable<void> consume(kasio::cluster_options options) {
    const auto executor = co_await asio::this_coro::executor;
    kasio::cluster cluster{executor, options};
    co_await fill(cluster);

    kasio::consumer consumer{cluster, {.report_end = true}};
    const kasio::topic_partition first{"kasio-by-hand", 0};
    const kasio::topic_partition second{"kasio-by-hand", 1};
    std::vector<kasio::assignment> both{{first, kasio::start_position::beginning()},
                                        {second, kasio::start_position::beginning()}};
    consumer.assign(both);
    auto count = co_await read_to_end(consumer, 2);
    std::cout << count << " records in all\n";

    // Positions can be moved at any time; what was fetched for the old one is never handed out.
    consumer.assign(first, kasio::start_position::before_end(5));
    count = co_await read_to_end(consumer, 1);
    std::cout << count << " records before the end\n";

    co_await consumer.async_close();
    co_await cluster.async_close();
}

int main() {
    // KAFKA_BROKER, KASIO_SECURITY_PROTOCOL, KASIO_SSL_CA_LOCATION, ...
    const auto options = kasio::options_from(kasio::environment_properties());
    asio::io_context context;
    asio::co_spawn(context, consume(options.cluster), [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    });
    context.run();
}
