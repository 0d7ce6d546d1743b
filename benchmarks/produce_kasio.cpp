// SPDX-License-Identifier: BSL-1.0
// Produces BENCH_MESSAGES records with 8-byte keys and a result each; see measure.hpp for the settings.
#include "measure.hpp"

#include <kasio.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <cstring>
#include <future>
#include <stdexcept>

namespace asio = boost::asio;

namespace {

kasio::producer_options options_of(const bench::settings& with,
                                   std::function<void(const kasio::delivery_report&)> hook) {
    kasio::producer_options options;
    options.acks = with.acks == "all" ? kasio::acks::all
                   : with.acks == "0" ? kasio::acks::none
                                      : kasio::acks::leader;
    options.linger = std::chrono::milliseconds{with.in_flight == 1 ? 0 : with.linger_ms};
    options.batch_size = static_cast<std::size_t>(with.batch_size);
    if (with.acks == "all") options.idempotence = with.idempotent;
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

/// The records of a run, one after the other, each with its number as key.
class source {
public:
    explicit source(const bench::settings& with) : topic_{with.topic}, value_(with.value_size, 'v') {}
    kasio::producer_record next(long number) noexcept {
        std::memcpy(key_, &number, sizeof key_);
        return {.topic = topic_, .key = kasio::bytes_view{key_, sizeof key_}, .value = value_};
    }

private:
    const std::string topic_;
    const std::string value_;
    char key_[8] = {};
};

/// Never more than the budget takes: now and then all are waited for.
constexpr long between_flushes = 65'536;

asio::awaitable<void> one_by_one(kasio::producer& out, source records, run_state& state) {
    for (long number = 0; number < state.with.messages; ++number) {
        const auto start = std::chrono::steady_clock::now();
        const auto record = records.next(number);
        co_await out.async_send(record);
        state.times.add(std::chrono::steady_clock::now() - start);
        ++state.delivered;
    }
}

asio::awaitable<void> with_callbacks(kasio::producer& out, source records, run_state& state) {
    for (long number = 0; number < state.with.messages;) {
        out.async_send(records.next(number), [&state](kasio::error_code error, const kasio::delivery&) {
            ++(error ? state.failed : state.delivered);
        });
        if (++number % between_flushes == 0) co_await out.async_flush();
    }
}

asio::awaitable<void> with_try_send(kasio::producer& out, source records, run_state& state) {
    for (long number = 0; number < state.with.messages;) {
        const auto error = out.try_send(records.next(number));
        if (error == kasio::errc::would_block) co_await out.async_wait_writable();
        else if (error) throw boost::system::system_error{error};
        else ++number;
    }
}

asio::awaitable<void> one_of_many(kasio::producer& out, source records, run_state& state, long first,
                                  long step) {
    for (long number = first; number < state.with.messages; number += step) {
        const auto record = records.next(number);
        co_await out.async_send(record);
        ++state.delivered;
    }
}

/// 1,000 coroutines, each of which awaits its own records.
void with_coroutines(const asio::any_io_executor& executor, kasio::producer& out, const source& records,
                     run_state& state) {
    constexpr long many = 1000;
    for (long first = 0; first < many; ++first) {
        asio::co_spawn(executor, one_of_many(out, records, state, first, many),
                       [](std::exception_ptr thrown) {
                           if (thrown) std::rethrow_exception(thrown);
                       });
    }
}

asio::awaitable<void> with_futures(kasio::producer& out, source records, run_state& state) {
    std::vector<std::future<kasio::delivery>> futures;
    futures.reserve(between_flushes);
    for (long number = 0; number < state.with.messages;) {
        futures.push_back(out.async_send(records.next(number), asio::use_future));
        if (++number % between_flushes != 0 && number != state.with.messages) continue;
        co_await out.async_flush();
        for (auto& each : futures) {
            static_cast<void>(each.get());
            ++state.delivered;
        }
        futures.clear();
    }
}

asio::awaitable<void> produce(run_state& state) {
    const auto executor = co_await asio::this_coro::executor;
    const auto& with = state.with;
    kasio::cluster kafka{executor, {.bootstrap_servers = with.broker}};
    kasio::producer out{kafka, options_of(with, [&state](const kasio::delivery_report& report) {
                            (report.error ? state.failed : state.delivered) +=
                                static_cast<long>(report.deliveries.size());
                        })};
    source records{with};
    // Connections and metadata first, out of the measurement.
    const auto warm_up = records.next(0);
    co_await out.async_send(warm_up);
    const bench::measurement measured;
    if (with.in_flight == 1) co_await one_by_one(out, records, state);
    else if (with.mode == "callback") co_await with_callbacks(out, records, state);
    else if (with.mode == "future") co_await with_futures(out, records, state);
    else if (with.mode == "co_await") with_coroutines(executor, out, records, state);
    else co_await with_try_send(out, records, state);
    asio::steady_timer pause{executor};
    while (with.mode == "co_await" && with.in_flight != 1 && state.delivered < with.messages) {
        pause.expires_after(std::chrono::milliseconds{2});
        co_await pause.async_wait(asio::use_awaitable);
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
