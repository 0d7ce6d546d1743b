// SPDX-License-Identifier: BSL-1.0
// Two consumers of one group share a topic; hooks tell what each gets, and each commits what it has worked off.
#include <kasio.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <iostream>
#include <string>

namespace asio = boost::asio;

asio::awaitable<void> fill(kasio::cluster& cluster) {
    kasio::producer producer{cluster};
    for (int number = 0; number < 100; ++number) {
        const auto value = std::to_string(number);
        co_await producer.async_send({.topic = "kasio-group", .partition = number % 4, .value = value});
    }
    co_await producer.async_close();
}

/// A hook may be a coroutine: reading the partitions starts when it is done.
asio::awaitable<void> on_assigned(kasio::rebalance what) {
    std::clog << "given " << what.partitions().size() << " partitions\n";
    co_return;
}

void on_revoked(const kasio::rebalance& what) {
    std::clog << "giving up " << what.partitions().size() << " partitions\n";
}

kasio::consumer_options member_of(std::string group) {
    kasio::consumer_options options;
    options.group_id = std::move(group);
    options.offset_reset = kasio::offset_reset::earliest;
    options.auto_commit = false;
    options.on_assigned = on_assigned;
    options.on_revoked = on_revoked;
    return options;
}

/// Reads until so many records have been read by all members, and commits each batch when it has been worked off.
asio::awaitable<void> be_member(kasio::cluster& cluster, std::string group, int& read, int until) {
    kasio::consumer consumer{cluster, member_of(std::move(group))};
    consumer.subscribe("kasio-group");
    while (read < until) {
        const kasio::poll_limits limits{.max_wait = std::chrono::milliseconds{200}};
        const auto records = co_await consumer.async_poll(limits);
        read += static_cast<int>(records.size());
        if (!records.empty()) co_await consumer.async_commit();
    }
    // Gives its partitions up, and leaves: the others get them at once.
    co_await consumer.async_close();
}

asio::awaitable<void> consume(kasio::cluster_options options) {
    using namespace asio::experimental::awaitable_operators;
    kasio::cluster cluster{co_await asio::this_coro::executor, options};
    co_await fill(cluster);
    // A group of its own each time, so that there is always something to read.
    const auto now = std::chrono::system_clock::now().time_since_epoch().count();
    const auto group = "kasio-example-" + std::to_string(now);
    int read = 0;
    co_await (be_member(cluster, group, read, 100) && be_member(cluster, group, read, 100));
    std::cout << "the group has read everything\n";
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
