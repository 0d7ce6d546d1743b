// SPDX-License-Identifier: BSL-1.0
// The same for programs that block: every operation takes `use_future`, and a thread of ours runs the context.
#include <kasio.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <iostream>
#include <thread>

namespace asio = boost::asio;

int main() {
    // KAFKA_BROKER, KASIO_SECURITY_PROTOCOL, KASIO_SSL_CA_LOCATION, ...
    const auto options = kasio::options_from(kasio::environment_properties());
    asio::io_context context;
    auto work = asio::make_work_guard(context);
    std::thread runner{[&context] { context.run(); }};
    {
        kasio::cluster cluster{context.get_executor(), options.cluster};
        kasio::producer producer{cluster};
        const auto delivery =
            producer.async_send({.topic = "kasio-hello", .key = "42", .value = "hello"}, asio::use_future).get();
        std::cout << "sent to " << delivery.partition << '@' << delivery.offset << '\n';

        kasio::consumer consumer{cluster};
        consumer.assign({"kasio-hello", delivery.partition}, kasio::start_position::at(delivery.offset));
        const auto records = consumer.async_poll(asio::use_future).get();
        for (const auto& record : records) {
            std::cout << "read " << record.key() << " = " << record.value() << '\n';
        }
        consumer.async_close(asio::use_future).get();
        producer.async_close(asio::use_future).get();
        cluster.async_close(asio::use_future).get();
    }
    work.reset();
    runner.join();
}
