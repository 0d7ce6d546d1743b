// SPDX-License-Identifier: BSL-1.0
// Sends a record and reads it back, with coroutines.
//
//   KAFKA_BROKER=host:port hello_coroutine     (default localhost:9092; try `kasio broker -p 9092`)
#include <kasio.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <iostream>

namespace asio = boost::asio;

asio::awaitable<void> hello(kasio::cluster_options options) {
    // A cluster keeps the connections that producers and consumers share. It runs on our executor.
    const auto executor = co_await asio::this_coro::executor;
    kasio::cluster cluster{executor, options};

    kasio::producer producer{cluster};
    const auto delivery = co_await producer.async_send({.topic = "kasio-hello", .key = "42", .value = "hello"});
    std::cout << "sent to " << delivery.partition << '@' << delivery.offset << '\n';

    // Read that partition from where the record lies.
    kasio::consumer consumer{cluster};
    consumer.assign({"kasio-hello", delivery.partition}, kasio::start_position::at(delivery.offset));
    const auto records = co_await consumer.async_poll();
    for (const auto& record : records) {
        std::cout << "read " << record.key() << " = " << record.value() << '\n';
    }

    co_await consumer.async_close();
    co_await producer.async_close();
    co_await cluster.async_close();
}

int main() {
    // KAFKA_BROKER, KASIO_SECURITY_PROTOCOL, KASIO_SSL_CA_LOCATION, ...
    const auto options = kasio::options_from(kasio::environment_properties());
    asio::io_context context;
    asio::co_spawn(context, hello(options.cluster), [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    });
    context.run();
}
