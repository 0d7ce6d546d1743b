// SPDX-License-Identifier: BSL-1.0
#include "format.hpp"
#include "settings.hpp"
#include "stop.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cerrno>
#include <iostream>
#include <set>
#include <unistd.h>

namespace asio = boost::asio;

namespace cli {

namespace {

constexpr std::size_t output_piece = 256 * 1024;

class consumption {
public:
    consumption(asio::io_context& context, const settings& with)
        : with_{with}, kafka_{context.get_executor(), with.cluster}, in_{kafka_, options()},
          format_{with.format.value_or(with.key_delimiter ? "%k" + escaped(*with.key_delimiter) + "%s" + escaped(with.delimiter)
                                                          : "%s" + escaped(with.delimiter))},
          stop_{context} {
        ::signal(SIGPIPE, SIG_IGN); // a closed pipe shows at the write
        stop_.on_stop([this] { cancel_.emit(asio::cancellation_type::terminal); });
    }

    asio::awaitable<void> run() {
        const auto as_tuple = asio::as_tuple(asio::use_awaitable);
        co_await start();
        while (!over() && !stop_.asked()) {
            auto [error, records] = co_await in_.async_poll(asio::bind_cancellation_slot(cancel_.slot(), as_tuple));
            if (error == asio::error::operation_aborted) break;
            if (error) {
                fail("consuming " + with_.topic, error);
                break;
            }
            take(records);
        }
        flush();
        co_await in_.async_close(as_tuple);
        co_await kafka_.async_close(as_tuple);
        stop_.cancel();
    }

    [[nodiscard]] int exit_code() const { return failed_ ? 1 : 0; }

private:
    [[nodiscard]] kasio::consumer_options options() const {
        auto options = with_.consumer;
        options.report_end = with_.exit_at_end;
        return options;
    }
    /// Bytes that the format takes literally.
    static std::string escaped(const std::string& bytes) {
        std::string text;
        for (const char each : bytes) {
            if (each == '%') text += "%%";
            else if (each == '\\') text += "\\\\";
            else text += each;
        }
        return text;
    }

    asio::awaitable<void> start() {
        const auto as_tuple = asio::as_tuple(asio::use_awaitable);
        const auto [error, known] = co_await kafka_.async_metadata(with_.topic, as_tuple);
        if (error) {
            fail("metadata", error);
            co_return;
        }
        const auto& topic = known.topics.empty() ? kasio::topic_metadata{} : known.topics.front();
        if (topic.error) {
            fail("topic " + with_.topic, topic.error);
            co_return;
        }
        const auto from = parse_offset(with_.offset);
        std::vector<kasio::assignment> wanted;
        for (const auto& each : topic.partitions) {
            if (with_.partition && *with_.partition != each.partition) continue;
            wanted.emplace_back(kasio::topic_partition{with_.topic, each.partition}, from);
        }
        if (wanted.empty()) fail("partition of " + with_.topic, kasio::errc::unknown_partition);
        reading_ = wanted.size();
        in_.assign(std::move(wanted));
    }

    void take(const kasio::fetched_records& records) {
        for (const auto& record : records) {
            if (over()) break;
            if (ended_.contains(record.partition())) continue;
            if (with_.json) append_json(output_, record);
            else format_.append(output_, record, with_.empty_is_null);
            ++taken_;
            if (output_.size() >= output_piece || with_.unbuffered) flush();
        }
        for (const auto& event : records.events()) {
            if (event.what == kasio::partition_event::kind::end_of_partition) ended_.insert(event.partition.partition);
            if (event.what == kasio::partition_event::kind::error) {
                fail(event.partition.topic + "/" + std::to_string(event.partition.partition) + " at offset " +
                         std::to_string(event.offset),
                     event.error);
            }
        }
        flush();
    }

    [[nodiscard]] bool over() const {
        return failed_ || pipe_closed_ || (with_.count && taken_ >= *with_.count) ||
               (with_.exit_at_end && ended_.size() >= reading_);
    }

    void flush() {
        std::string_view left = output_;
        while (!left.empty() && !pipe_closed_) {
            const auto written = ::write(STDOUT_FILENO, left.data(), left.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) {
                pipe_closed_ = true;
                if (errno != EPIPE) fail("standard output", {errno, boost::system::system_category()});
                break;
            }
            left.remove_prefix(static_cast<std::size_t>(written));
        }
        output_.clear();
    }

    void fail(const std::string& what, const kasio::error_code& error) {
        if (std::exchange(failed_, true)) return;
        complain(what, error, kafka_.last_failure());
    }

    const settings& with_;
    kasio::cluster kafka_;
    kasio::consumer in_;
    record_format format_;
    stop_signal stop_;
    asio::cancellation_signal cancel_;
    std::string output_;
    std::set<std::int32_t> ended_;
    std::size_t reading_ = 0;
    std::size_t taken_ = 0;
    bool failed_ = false;
    bool pipe_closed_ = false;
};

} // namespace

int consume(const settings& with) {
    asio::io_context context{1};
    consumption job{context, with};
    asio::co_spawn(context, job.run(), [](std::exception_ptr thrown) {
        if (thrown) std::rethrow_exception(thrown);
    });
    context.run();
    return job.exit_code();
}

} // namespace cli
