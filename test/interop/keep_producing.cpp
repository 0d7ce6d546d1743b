// SPDX-License-Identifier: BSL-1.0
// keep_producing BROKERS TOPIC BUDGET SENDERS FLOODS: so many senders, each of which sends its next record as
// soon as the last one has ended, and so many that wait for nothing but room, until `end` comes on standard
// input; then a close; `more` starts as many senders again. Meanwhile a timer ticks on the same executor, and
// another on a thread of its own.
// Says `ready` when it starts, then, at each line, one of `name=value`.
#include <kasio/cluster.hpp>
#include <kasio/producer.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

namespace {

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

/// How long this thread has waited for a processor, in nanoseconds: what other programs are to blame for.
long long waited_for_processor() {
    std::ifstream file{"/proc/thread-self/schedstat"};
    long long ran = 0;
    long long waited = 0;
    file >> ran >> waited;
    return waited;
}

/// Resident memory but for pages of files: what was allocated.
long resident_kib() {
    std::ifstream file{"/proc/self/statm"};
    long all = 0;
    long resident = 0;
    long of_files = 0;
    file >> all >> resident >> of_files;
    return (resident - of_files) * (::sysconf(_SC_PAGESIZE) / 1024);
}

/// By how much a tick of a millisecond is late, but for the time others had the processor: work or waits on
/// this thread that last too long, and what the machine itself does to any thread.
class ticker {
public:
    void start() {
        waited_ = waited_for_processor();
        began_ = clock_type::now();
    }
    void note() {
        const auto whole = clock_type::now() - began_ - 1ms;
        const auto gap = whole - std::chrono::nanoseconds{waited_for_processor() - waited_};
        if (gap > longest_.load()) longest_ = gap;
    }
    [[nodiscard]] clock_type::duration longest() const { return longest_; }

private:
    clock_type::time_point began_;
    long long waited_ = 0;
    std::atomic<clock_type::duration> longest_{};
};

/// A thread that does nothing but tick: how late that is on this machine.
class idle_thread {
public:
    idle_thread() : thread_{[this] { run(); }} {}
    ~idle_thread() {
        ending_ = true;
        thread_.join();
    }
    idle_thread(const idle_thread&) = delete;
    idle_thread& operator=(const idle_thread&) = delete;
    [[nodiscard]] clock_type::duration longest_gap() const { return ticks_.longest(); }

private:
    void run() {
        asio::io_context context;
        asio::steady_timer timer{context};
        while (!ending_) {
            ticks_.start();
            timer.expires_after(1ms);
            timer.async_wait([](const boost::system::error_code&) {});
            context.restart();
            context.run();
            ticks_.note();
        }
    }
    std::atomic<bool> ending_{false};
    ticker ticks_;
    std::thread thread_;
};

struct run_state {
    bool ending = false;
    long delivered = 0;
    long failed = 0;
    long running = 0;
    long resident_first = 0;
    long resident_most = 0;
    ticker ticks;
    const idle_thread idle;
    clock_type::duration longest_wait{};
    std::string first_failure;
};

asio::awaitable<void> tick(run_state& state) {
    asio::steady_timer timer{co_await asio::this_coro::executor};
    while (!state.ending || state.running > 0) {
        state.ticks.start();
        timer.expires_after(1ms);
        co_await timer.async_wait(asio::use_awaitable);
        state.ticks.note();
        state.resident_most = std::max(state.resident_most, resident_kib());
    }
}

asio::awaitable<void> keep_sending(kasio::producer& out, std::string topic, int number, run_state& state) {
    const auto key = std::to_string(number);
    ++state.running;
    for (long at = 0; !state.ending; ++at) {
        auto value = key + ':' + std::to_string(at) + ' ';
        value.resize(1000, '.');
        const auto start = clock_type::now();
        const kasio::producer_record record{.topic = topic, .key = key, .value = value};
        const auto [error, what] = co_await out.async_send(record, as_tuple);
        state.longest_wait = std::max(state.longest_wait, clock_type::now() - start);
        if (error) {
            ++state.failed;
            if (state.first_failure.empty()) state.first_failure = error.message();
        } else {
            ++state.delivered;
        }
    }
    --state.running;
}

/// A caller that never stops: only a full budget holds it up.
asio::awaitable<void> flood(kasio::producer& out, std::string topic, run_state& state) {
    const std::string value(1000, '.');
    asio::steady_timer breath{co_await asio::this_coro::executor};
    ++state.running;
    while (!state.ending) {
        for (int at = 0; at < 256 && !state.ending; ++at) {
            const auto error = out.try_send({.topic = topic, .value = value});
            if (!error) continue;
            if (error != kasio::errc::would_block) throw boost::system::system_error{error};
            co_await out.async_wait_writable(as_tuple);
        }
        // Others have their turn.
        breath.expires_after(0ms);
        co_await breath.async_wait(asio::use_awaitable);
    }
    --state.running;
}

void say(const run_state& state, const kasio::producer& out) {
    const auto milliseconds = [](clock_type::duration time) {
        return std::chrono::duration<double, std::milli>(time).count();
    };
    const auto now = out.metrics();
    std::cout << "delivered=" << state.delivered << " failed=" << state.failed
              << " gap_ms=" << milliseconds(state.ticks.longest())
              << " idle_gap_ms=" << milliseconds(state.idle.longest_gap())
              << " wait_ms=" << milliseconds(state.longest_wait) << " waiting=" << now.senders_waiting
              << " used=" << now.buffer_used << " growth_kib=" << state.resident_most - state.resident_first
              << " failure=" << (state.first_failure.empty() ? "none" : state.first_failure) << std::endl;
}

struct settings {
    std::string servers;
    std::string topic;
    std::size_t budget = 0;
    int senders = 0;
    int floods = 0;
    settings(char** from)
        : servers{from[1]},
          topic{from[2]},
          budget{std::stoul(from[3])},
          senders{std::stoi(from[4])},
          floods{std::stoi(from[5])} {}
};

void start(const asio::any_io_executor& executor, asio::awaitable<void> what) {
    asio::co_spawn(executor, std::move(what), [](std::exception_ptr thrown) {
        if (thrown) std::rethrow_exception(thrown);
    });
}

asio::awaitable<void> obey(run_state& state, kasio::producer& out, const settings& with) {
    const auto executor = co_await asio::this_coro::executor;
    asio::posix::stream_descriptor input{executor, ::dup(STDIN_FILENO)};
    int senders = with.senders;
    asio::streambuf buffer;
    for (;;) {
        const auto [error, size] = co_await asio::async_read_until(input, buffer, '\n', as_tuple);
        std::string line{asio::buffers_begin(buffer.data()),
                         asio::buffers_begin(buffer.data()) + static_cast<long>(size)};
        buffer.consume(size);
        if (error || line == "end\n") break;
        for (int left = line == "more\n" ? with.senders : 0; left > 0; --left)
            start(executor, keep_sending(out, with.topic, senders++, state));
        say(state, out);
    }
    state.ending = true;
}

asio::awaitable<void> produce(run_state& state, const settings& with) {
    const auto executor = co_await asio::this_coro::executor;
    kasio::cluster kafka{executor, {.bootstrap_servers = with.servers}};
    kasio::producer_options options;
    options.buffer_memory = with.budget;
    options.max_block = 100s;
    options.on_delivery = [&state](const kasio::delivery_report& report) {
        (report.error ? state.failed : state.delivered) += static_cast<long>(report.deliveries.size());
        if (report.error && state.first_failure.empty()) state.first_failure = report.error.message();
    };
    kasio::producer out{kafka, std::move(options)};
    co_await out.async_send({.topic = with.topic, .key = "first", .value = "first"});
    state.resident_first = resident_kib();
    start(executor, obey(state, out, with));
    for (int number = 0; number < with.senders; ++number)
        start(executor, keep_sending(out, with.topic, number, state));
    for (int number = 0; number < with.floods; ++number) start(executor, flood(out, with.topic, state));
    std::cout << "ready" << std::endl;
    co_await tick(state);
    co_await out.async_close();
    say(state, out);
    co_await kafka.async_close();
}

} // namespace

int main(int count, char** arguments) {
    if (count != 6) return 2;
    const settings with{arguments};
    run_state state;
    asio::io_context context{1};
    start(context.get_executor(), produce(state, with));
    context.run();
    return state.failed == 0 ? 0 : 1;
}
