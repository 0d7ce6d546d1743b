// SPDX-License-Identifier: BSL-1.0
// Reads BENCH_MESSAGES records from the beginning of a topic, touching each key and value.
#include "measure.hpp"

#include <kasio.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace asio = boost::asio;

namespace {

asio::awaitable<void> consume(const bench::settings& with) {
    const auto executor = co_await asio::this_coro::executor;
    kasio::cluster kafka{executor, {.bootstrap_servers = with.broker}};
    kasio::consumer in{kafka};
    in.assign_topic(with.topic, kasio::start_position::beginning());
    long read = 0;
    std::size_t bytes = 0;
    const bench::measurement measured;
    while (read < with.messages) {
        const auto records = co_await in.async_poll();
        for (const auto& event : records.events()) {
            if (event.error) throw boost::system::system_error{event.error};
        }
        for (const auto& record : records) {
            bytes += record.key().size() + record.value().size();
            ++read;
        }
    }
    measured.print("consume_kasio", read, bytes / static_cast<std::size_t>(read));
    co_await in.async_close();
    co_await kafka.async_close();
}

} // namespace

int main() {
    const bench::settings with;
    asio::io_context context{1};
    asio::co_spawn(context, consume(with), [](std::exception_ptr thrown) {
        if (thrown) std::rethrow_exception(thrown);
    });
    context.run();
    return 0;
}
