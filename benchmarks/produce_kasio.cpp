// SPDX-License-Identifier: BSL-1.0
// Produces BENCH_MESSAGES records with 8-byte keys and a result each; see measure.hpp for the settings.
#include "measure.hpp"

#include <kasio.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <cstring>
#include <stdexcept>

namespace asio = boost::asio;

namespace {

kasio::producer_options options_of(const bench::settings& with, std::function<void(const kasio::delivery_report&)> hook) {
    kasio::producer_options options;
    options.acks = with.acks == "all" ? kasio::acks::all : with.acks == "0" ? kasio::acks::none : kasio::acks::leader;
    options.linger = std::chrono::milliseconds{with.in_flight == 1 ? 0 : with.linger_ms};
    options.batch_size = static_cast<std::size_t>(with.batch_size);
    options.compression = kasio::parse_compression(with.compression).value();
    options.on_delivery = std::move(hook);
    return options;
}

struct run_state {
    const bench::settings with;
    long delivered = 0;
    long failed = 0;
    bench::latencies times;
};

asio::awaitable<void> produce(run_state& state) {
    const auto executor = co_await asio::this_coro::executor;
    const auto& with = state.with;
    kasio::cluster kafka{executor, {.bootstrap_servers = with.broker}};
    kasio::producer out{kafka, options_of(with, [&state](const kasio::delivery_report& report) {
                            (report.error ? state.failed : state.delivered) += static_cast<long>(report.deliveries.size());
                        })};
    const std::string value(with.value_size, 'v');
    char key[8] = {};
    const kasio::bytes_view key_view{key, sizeof key};
    // Connections and metadata first, out of the measurement.
    co_await out.async_send({.topic = with.topic, .key = "warm-up!", .value = value});
    const bench::measurement measured;
    for (long number = 0; number < with.messages;) {
        std::memcpy(key, &number, sizeof key);
        const kasio::producer_record record{.topic = with.topic, .key = key_view, .value = value};
        if (with.in_flight == 1) {
            const auto start = std::chrono::steady_clock::now();
            co_await out.async_send(record);
            state.times.add(std::chrono::steady_clock::now() - start);
            ++state.delivered;
            ++number;
        } else if (with.mode == "callback") {
            out.async_send(record, [&state](kasio::error_code error, const kasio::delivery&) {
                ++(error ? state.failed : state.delivered);
            });
            // Now and then one that is waited for, so that the budget is never exceeded.
            if (++number % 65'536 == 0) co_await out.async_flush();
        } else {
            const auto error = out.try_send(record);
            if (error == kasio::errc::would_block) co_await out.async_wait_writable();
            else if (error) throw boost::system::system_error{error};
            else ++number;
        }
    }
    co_await out.async_flush();
    measured.print("produce_kasio", with.messages, with.value_size + 8);
    state.times.print();
    co_await out.async_close();
    co_await kafka.async_close();
}

} // namespace

int main() {
    run_state state;
    asio::io_context context{1};
    asio::co_spawn(context, produce(state), [](std::exception_ptr thrown) {
        if (thrown) std::rethrow_exception(thrown);
    });
    context.run();
    if (state.delivered != state.with.messages) {
        std::printf("%ld delivered, %ld failed of %ld\n", state.delivered, state.failed, state.with.messages);
        return 1;
    }
    return 0;
}
