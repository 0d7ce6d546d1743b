// SPDX-License-Identifier: BSL-1.0
#include "input.hpp"
#include "settings.hpp"
#include "stop.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <iostream>

namespace asio = boost::asio;

namespace cli {

namespace {

class production {
public:
    production(asio::io_context& context, const settings& with)
        : with_{with}, kafka_{context.get_executor(), with.cluster}, out_{kafka_, options()},
          in_{std::make_unique<input>(context.get_executor())}, stop_{context} {
        stop_.on_stop([this] { in_->stop(); });
        for (const auto& [name, value] : with_.headers) {
            headers_.push_back({name, value ? kasio::bytes_view{*value} : kasio::bytes_view{}});
        }
    }

    asio::awaitable<void> run() {
        std::string rest;
        for (;;) {
            const auto piece = co_await in_->read();
            if (piece.empty() || failed_ || stop_.asked()) break;
            rest += piece;
            co_await send_lines(rest);
            if (failed_ || done()) break;
        }
        if (!failed_ && !stop_.asked() && !done() && !rest.empty()) co_await send(rest);
        std::chrono::milliseconds limit{0};
        if (!failed_) limit = with_.producer.delivery_timeout + std::chrono::seconds{5};
        const auto close = asio::as_tuple(asio::use_awaitable);
        co_await out_.async_close(limit, close);
        co_await kafka_.async_close(close);
        stop_.cancel();
    }

    [[nodiscard]] int exit_code() const {
        if (failed_) complain("delivery failed", first_error_, cause_);
        if (!with_.quiet && with_.verbosity > 0) std::cerr << "% " << delivered_ << " records delivered\n";
        return failed_ || delivered_ != taken_ ? 1 : 0;
    }

private:
    kasio::producer_options options() {
        auto options = with_.producer;
        options.on_delivery = [this](const kasio::delivery_report& report) {
            if (report.error) fail(report.error);
            else delivered_ += report.deliveries.size();
        };
        return options;
    }

    void fail(const kasio::error_code& error) {
        if (std::exchange(failed_, true)) return;
        first_error_ = error;
        cause_ = kafka_.last_failure();
        in_->stop();
    }

    [[nodiscard]] bool done() const { return with_.count && taken_ >= *with_.count; }

    asio::awaitable<void> send_lines(std::string& rest) {
        std::size_t begin = 0;
        for (std::size_t end; (end = rest.find(with_.delimiter, begin)) != rest.npos && !failed_ && !done();) {
            const auto line = std::string_view{rest}.substr(begin, end - begin);
            begin = end + with_.delimiter.size();
            if (!line.empty()) co_await send(line); // as kcat: empty pieces are no records
        }
        rest.erase(0, begin);
    }

    asio::awaitable<void> send(std::string_view line) {
        kasio::producer_record record;
        record.topic = with_.topic;
        if (with_.partition && *with_.partition >= 0) record.partition = with_.partition;
        record.headers = headers_;
        if (with_.fixed_key) record.key = *with_.fixed_key;
        if (const auto at = with_.key_delimiter ? line.find(*with_.key_delimiter) : line.npos; at != line.npos) {
            record.key = text(line.substr(0, at));
            line.remove_prefix(at + with_.key_delimiter->size());
        }
        record.value = text(line);
        for (;;) {
            const auto error = out_.try_send(record);
            if (!error) break;
            if (error != kasio::errc::would_block) {
                fail(error);
                co_return;
            }
            const auto [ended] = co_await out_.async_wait_writable(asio::as_tuple(asio::use_awaitable));
            if (ended || failed_) co_return;
        }
        ++taken_;
        // Other work gets its turn also while input never pauses.
        if (taken_ % 4096 == 0) co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    }

    [[nodiscard]] kasio::bytes_view text(std::string_view bytes) const {
        if (bytes.empty() && with_.empty_is_null) return nullptr;
        return bytes;
    }

    const settings& with_;
    kasio::cluster kafka_;
    kasio::producer out_;
    std::unique_ptr<input> in_;
    stop_signal stop_;
    std::vector<kasio::header> headers_;
    std::size_t taken_ = 0;
    std::size_t delivered_ = 0;
    bool failed_ = false;
    kasio::error_code first_error_;
    kasio::failure cause_;
};

} // namespace

int produce(const settings& with) {
    asio::io_context context{1};
    production job{context, with};
    asio::co_spawn(context, job.run(), [](std::exception_ptr thrown) {
        if (thrown) std::rethrow_exception(thrown);
    });
    context.run();
    return job.exit_code();
}

} // namespace cli
