// SPDX-License-Identifier: BSL-1.0
// One connection with one broker and nothing else: any request, typed, and short calls for the common ones.
#include <kasio/calls.hpp>
#include <kasio/connection.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

namespace asio = boost::asio;
using asio::use_awaitable;
using namespace std::chrono_literals;

namespace {

constexpr const char* topic = "one-connection";
constexpr std::int16_t already_there = 36;

asio::awaitable<void> talk(std::string host, std::uint16_t port) {
    const auto executor = co_await asio::this_coro::executor;
    kasio::connection broker{executor};
    co_await broker.async_connect(host, port, use_awaitable);
    auto made = co_await kasio::calls::async_create_topic(broker, topic, 1, 1, 5s, use_awaitable);
    const auto code = made->topics.at(0).error_code;
    std::cout << "topic " << (code == 0 || code == already_there ? "is there" : "could not be made") << '\n';

    // Leaders are our own matter: only the one of the partition takes and gives records.
    auto shown = co_await kasio::calls::async_metadata(broker, topic, use_awaitable);
    const auto leader = shown->topics.at(0).partitions.at(0).leader_id;
    for (const auto& each : shown->brokers) {
        if (each.node_id != leader) continue;
        host = each.host;
        port = static_cast<std::uint16_t>(each.port);
    }
    co_await broker.async_close(use_awaitable);
    co_await broker.async_connect(host, port, use_awaitable);
    broker.on_disconnect([](const kasio::error_code& cause, const std::string&) {
        std::cout << "disconnected: " << kasio::error_name(cause) << '\n';
    });

    const kasio::producer_record record{.key = "42", .value = "hello"};
    auto stored = co_await kasio::calls::async_produce(broker, topic, 0, record, use_awaitable);
    const auto& written = stored->responses.at(0).partition_responses.at(0);
    std::cout << "produced: code " << written.error_code << '\n';

    auto fetched = co_await kasio::calls::async_fetch(broker, topic, 0, written.base_offset, use_awaitable);
    const auto bytes = fetched->responses.at(0).partitions.at(0).records; // valid as long as `fetched`
    const auto read = kasio::calls::read_records(topic, 0, written.base_offset, bytes);
    for (const auto& each : read.records)
        std::cout << "fetched: " << *each.key << " = " << *each.value << '\n';

    // Any other request of <kasio/messages.hpp>, at the highest version both sides know.
    kasio::protocol::list_offsets_request end;
    end.replica_id = -1;
    auto& of = end.topics.emplace_back();
    of.name = topic;
    of.partitions.emplace_back().timestamp = -1;
    auto listed = co_await broker.async_request(end, 5s, use_awaitable);
    const bool grew = listed->topics.at(0).partitions.at(0).offset > written.base_offset;
    std::cout << "the log's end is " << (grew ? "behind it" : "not behind it") << '\n';

    co_await broker.async_close(use_awaitable);
}

void rethrow(std::exception_ptr failed) {
    if (failed) std::rethrow_exception(failed);
}

} // namespace

int main() {
    const char* const where = std::getenv("KAFKA_BROKER");
    const std::string address = where ? where : "localhost:9092";
    const auto first = address.substr(0, address.find(','));
    const auto colon = first.rfind(':');
    try {
        asio::io_context io;
        const auto port = static_cast<std::uint16_t>(std::stoi(first.substr(colon + 1)));
        asio::co_spawn(io, talk(first.substr(0, colon), port), rethrow);
        io.run();
    } catch (const std::exception& failed) {
        std::cerr << failed.what() << '\n';
        return 1;
    }
}
