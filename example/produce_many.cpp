// SPDX-License-Identifier: BSL-1.0
// Three ways to send much: without a completion per record, in one call, and many sends under way at once.
#include <kasio.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <iostream>
#include <vector>

namespace asio = boost::asio;

asio::awaitable<void> produce(kasio::cluster_options where) {
    const auto executor = co_await asio::this_coro::executor;
    kasio::cluster cluster{executor, where};

    std::size_t delivered = 0;
    kasio::producer_options options;
    options.compression = kasio::compression::lz4;
    // Called once a batch, with what became of its `try_send` records.
    options.on_delivery = [&delivered](const kasio::delivery_report& report) {
        if (report.error) std::cerr << "failed: " << report.error.message() << '\n';
        else delivered += report.deliveries.size();
    };
    kasio::producer producer{cluster, options};

    // The cheapest: no completion per record. `would_block` says that the producer holds all it may.
    for (int number = 0; number < 10'000;) {
        const auto value = "fast " + std::to_string(number);
        const auto error = producer.try_send({.topic = "kasio-many", .value = value});
        if (error == kasio::errc::would_block) co_await producer.async_wait_writable();
        else if (error) throw boost::system::system_error{error};
        else ++number;
    }
    co_await producer.async_flush();
    std::cout << delivered << " delivered by try_send\n";

    // One call for a list, one result a record.
    std::vector<kasio::producer_record> records(1'000, {.topic = "kasio-many", .key = "list", .value = "x"});
    const auto results = co_await producer.async_send_many(records);
    std::size_t good = 0;
    for (const auto& result : results) good += result.error ? 0 : 1;
    std::cout << good << " delivered by async_send_many\n";

    // A callback each; the flush waits for all of them.
    std::size_t called = 0;
    for (int number = 0; number < 1'000; ++number) {
        producer.async_send({.topic = "kasio-many", .value = "callback"},
                            [&called](kasio::error_code error, const kasio::delivery&) { called += error ? 0 : 1; });
    }
    co_await producer.async_flush();
    std::cout << called << " delivered with a callback\n";

    co_await producer.async_close();
    co_await cluster.async_close();
}

int main() {
    // KAFKA_BROKER, KASIO_SECURITY_PROTOCOL, KASIO_SSL_CA_LOCATION, ...
    const auto options = kasio::options_from(kasio::environment_properties());
    asio::io_context context;
    asio::co_spawn(context, produce(options.cluster), [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    });
    context.run();
}
