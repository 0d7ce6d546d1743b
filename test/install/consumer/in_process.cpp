// SPDX-License-Identifier: BSL-1.0
// A user's test with the in-process cluster: one record there, with futures.
#include <kasio.hpp>
#include <kasio/testing/broker.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <iostream>
#include <thread>

int main() {
    kasio::testing::broker broker;
    boost::asio::io_context io;
    auto work = boost::asio::make_work_guard(io);
    std::thread runner{[&io] { io.run(); }};
    int failed = 1;
    {
        kasio::cluster cluster{io.get_executor(), {.bootstrap_servers = broker.bootstrap_servers()}};
        kasio::producer producer{cluster};
        const auto where = producer.async_send({.topic = "t", .value = "hello"}, boost::asio::use_future).get();
        const auto there = broker.records("t", where.partition);
        failed = there.size() == 1 && there[0].value == "hello" ? 0 : 1;
        producer.async_close(boost::asio::use_future).get();
        cluster.async_close(boost::asio::use_future).get();
    }
    work.reset();
    runner.join();
    return failed;
}
