// SPDX-License-Identifier: BSL-1.0
// A service with an io_context of its own: a ticking timer, a TCP echo server, and Kafka beside them on one thread.
#include <kasio.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <iostream>

namespace asio = boost::asio;
using asio::ip::tcp;

asio::awaitable<void> echo(tcp::socket line) {
    std::array<char, 1024> buffer;
    try {
        for (;;) {
            const auto size = co_await line.async_read_some(asio::buffer(buffer), asio::use_awaitable);
            co_await asio::async_write(line, asio::buffer(buffer, size), asio::use_awaitable);
        }
    } catch (const boost::system::system_error&) {
        // The client has gone.
    }
}

asio::awaitable<void> serve(tcp::acceptor& acceptor) {
    auto line = co_await acceptor.async_accept(asio::use_awaitable);
    co_await echo(std::move(line));
}

asio::awaitable<void> talk(tcp::endpoint where) {
    tcp::socket line{co_await asio::this_coro::executor};
    co_await line.async_connect(where, asio::use_awaitable);
    std::array<char, 5> answer;
    co_await asio::async_write(line, asio::buffer("hello", 5), asio::use_awaitable);
    co_await line.async_read_some(asio::buffer(answer), asio::use_awaitable);
    std::cout << "the echo server answered\n";
}

asio::awaitable<void> send_to_kafka(kasio::cluster_options options, int count) {
    const auto executor = co_await asio::this_coro::executor;
    kasio::cluster cluster{executor, options};
    kasio::producer producer{cluster};
    for (int number = 0; number < count; ++number) {
        co_await producer.async_send({.topic = "kasio-embedded", .value = "a record among other work"});
    }
    std::cout << count << " records delivered\n";
    co_await producer.async_close();
    co_await cluster.async_close();
}

asio::awaitable<void> tick(int& ticks) {
    asio::steady_timer timer{co_await asio::this_coro::executor};
    for (; ticks < 20; ++ticks) {
        timer.expires_after(std::chrono::milliseconds{5});
        co_await timer.async_wait(asio::use_awaitable);
    }
    std::cout << "the timer ticked " << ticks << " times\n";
}

int main() {
    // KAFKA_BROKER, KASIO_SECURITY_PROTOCOL, KASIO_SSL_CA_LOCATION, ...
    const auto options = kasio::options_from(kasio::environment_properties());
    asio::io_context context{1};
    tcp::acceptor acceptor{context, {asio::ip::address_v4::loopback(), 0}};
    int ticks = 0;
    const auto rethrow = [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    };
    asio::co_spawn(context, serve(acceptor), rethrow);
    asio::co_spawn(context, talk(acceptor.local_endpoint()), rethrow);
    asio::co_spawn(context, tick(ticks), rethrow);
    asio::co_spawn(context, send_to_kafka(options.cluster, 50), rethrow);
    context.run(); // ends when all of them have
}
