// SPDX-License-Identifier: BSL-1.0
#include "consume_group.hpp"
#include "format.hpp"
#include "look_up.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "settings.hpp"
#include "stop.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <sstream>

namespace asio = boost::asio;

namespace cli {

namespace {

std::string name_of(const kasio::topic_partition& partition) {
    std::ostringstream name;
    name << partition;
    return name.str();
}

/// Bytes that the format takes literally.
std::string escaped(const std::string& bytes) {
    std::string text;
    for (const char each : bytes) {
        if (each == '%') text += "%%";
        else if (each == '\\') text += "\\\\";
        else text += each;
    }
    return text;
}

} // namespace

std::string default_format(const settings& with) {
    const auto between = with.key_delimiter ? escaped(*with.key_delimiter) : std::string{":"};
    std::string text;
    if (with.show_offset) text += "%o" + between;
    if (with.key_delimiter) text += "%k" + between;
    return text + "%s" + escaped(with.delimiter);
}

namespace {

kasio::consumer_options options_of(const settings& with) {
    auto options = with.consumer;
    // Without it nothing would tell of a partition that ends with what is never handed out.
    options.report_end = with.exit_at_end || with.range.until;
    return options;
}

class consumption {
public:
    consumption(asio::io_context& context, const settings& with)
        : with_{with},
          kafka_{context.get_executor(), with.cluster},
          in_{kafka_, options_of(with)},
          format_{with.format.value_or(default_format(with))},
          stop_{context},
          progress_{context.get_executor(), !with.quiet && progress::is_possible(true),
                    [this] { return so_far(); }} {
        stop_.on_stop([this] { cancel_.emit(asio::cancellation_type::terminal); });
    }

    asio::awaitable<void> run() {
        const auto as_tuple = asio::as_tuple(asio::use_awaitable);
        co_await start();
        progress_.start();
        while (!over() && !stop_.asked()) {
            auto [error, records] =
                co_await in_.async_poll(asio::bind_cancellation_slot(cancel_.slot(), as_tuple));
            if (error == asio::error::operation_aborted) break;
            if (error) {
                fail("consuming", error);
                break;
            }
            take(records);
        }
        out_.flush();
        progress_.stop();
        co_await in_.async_close(as_tuple);
        co_await kafka_.async_close(as_tuple);
        stop_.cancel();
    }

    [[nodiscard]] int exit_code() const {
        if (out_.error()) complain("standard output", out_.error());
        return failed_ || out_.error() ? 1 : 0;
    }

private:
    /// What becomes of one partition.
    struct reading {
        std::optional<std::int64_t> until; // this offset is not read any more
        std::optional<std::int64_t> first; // where it was when reading began
        bool over = false;
    };

    asio::awaitable<void> start() {
        std::vector<kasio::assignment> wanted;
        for (const auto& topic : with_.topics) co_await add_topic(wanted, topic);
        if (failed_ || stop_.asked()) co_return;
        if (wanted.empty()) co_return fail("what to read", kasio::errc::unknown_partition);
        for (const auto& each : wanted) readings_.emplace(each.partition, reading{});
        open_ = readings_.size();
        co_await find_start(wanted);
        co_await find_end(wanted);
        if (!failed_ && !stop_.asked()) in_.assign(std::move(wanted));
    }

    asio::awaitable<void> add_topic(std::vector<kasio::assignment>& wanted, std::string topic) {
        const auto found = co_await ask_metadata(kafka_, topic, with_.metadata_timeout, cancel_);
        if (found.error) co_return fail("metadata of " + topic, found.error);
        const auto none = kasio::topic_metadata{};
        const auto& known = found.known.topics.empty() ? none : found.known.topics.front();
        if (known.error) co_return fail("topic " + topic, known.error);
        const auto from = start_of(with_.range.from);
        for (const auto number : with_.partitions) {
            const auto has_number = [number](const auto& each) { return each.partition == number; };
            if (std::none_of(known.partitions.begin(), known.partitions.end(), has_number)) {
                co_return fail("partition " + name_of({topic, number}), kasio::errc::unknown_partition);
            }
        }
        for (const auto& each : known.partitions) {
            const auto& only = with_.partitions;
            if (!only.empty() && std::find(only.begin(), only.end(), each.partition) == only.end()) continue;
            wanted.emplace_back(kasio::topic_partition{topic, each.partition}, from);
        }
    }

    /// `+N` counts from the beginning.
    asio::awaitable<void> find_start(std::vector<kasio::assignment>& wanted) {
        if (with_.range.from.what != place::kind::after_beginning) co_return;
        const auto found = co_await look_up(kafka_, with_.consumer, wanted, cancel_);
        if (found.error) co_return fail(told(found), found.error);
        for (auto& each : wanted) {
            const auto offset = found.offsets.at(each.partition) + with_.range.from.value;
            each.from = kasio::start_position::at(offset);
        }
    }

    /// Where each partition ends, as things are now: who writes meanwhile does not keep us.
    asio::awaitable<void> find_end(std::vector<kasio::assignment> partitions) {
        using namespace std::chrono;
        if (failed_ || !(with_.range.until || (with_.exit_at_end && !with_.follow_end))) co_return;
        const auto until = with_.range.until.value_or(place{place::kind::end, 0});
        const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch());
        if (until.what == place::kind::offset) {
            for (auto& [partition, each] : readings_) each.until = until.value;
            if (!with_.exit_at_end) co_return;
        } else if (until.what == place::kind::time && until.value > now.count()) {
            stop_time_ = until.value;
            if (!with_.exit_at_end) co_return;
        }
        const bool at_end = until.what == place::kind::offset || stop_time_;
        for (auto& each : partitions) each.from = at_end ? kasio::start_position::end() : start_of(until);
        const auto found = co_await look_up(kafka_, with_.consumer, partitions, cancel_);
        if (found.error) co_return fail(told(found), found.error);
        const auto more = until.what == place::kind::after_beginning ? until.value : 0;
        for (auto& [partition, each] : readings_) {
            each.until = std::min(each.until.value_or(INT64_MAX), found.offsets.at(partition) + more);
        }
    }

    static std::string told(const found_offsets& found) {
        return found.partition.partition < 0 ? "offsets" : "offsets of " + name_of(found.partition);
    }

    void take(const kasio::fetched_records& records) {
        for (const auto& record : records) {
            if (over()) break;
            auto& from = reading_of(record);
            if (is_over(from, record)) continue;
            if (with_.json) append_json(out_.pending(), record);
            else format_.append(out_.pending(), record, with_.empty_is_null);
            ++taken_;
            if (with_.unbuffered) flush();
            else out_.flush_when_large();
        }
        for (const auto& event : records.events()) take(event);
        flush();
        look_at_positions();
    }

    /// Records come partition by partition: mostly it is that of the one before.
    reading& reading_of(const kasio::record_view& record) {
        if (latest_ == readings_.end() || latest_->first.partition != record.partition() ||
            latest_->first.topic != record.topic()) {
            latest_ = readings_.try_emplace({std::string{record.topic()}, record.partition()}).first;
        }
        return latest_->second;
    }

    bool is_over(reading& each, const kasio::record_view& record) {
        const auto time = record.timestamp().time_since_epoch().count();
        if ((each.until && record.offset() >= *each.until) || (stop_time_ && time >= *stop_time_)) end(each);
        return each.over;
    }

    void end(reading& each) {
        if (!std::exchange(each.over, true)) --open_;
    }

    void take(const kasio::partition_event& event) {
        using kind = kasio::partition_event::kind;
        const auto where = name_of(event.partition) + " at offset " + std::to_string(event.offset);
        if (event.what == kind::end_of_partition) {
            if (with_.exit_at_end && with_.follow_end) end(readings_[event.partition]);
            if (with_.verbosity > 0 && !with_.quiet) remark("end of " + where);
        } else if (event.what == kind::error) {
            fail(where, event.error);
            if (with_.go_on && event.next >= 0)
                in_.seek(event.partition, kasio::start_position::at(event.next));
            else if (with_.go_on && !kasio::is_retriable(event.error)) end(readings_[event.partition]);
        } else if (event.what == kind::truncated) {
            remark("the log was cut from offset " + std::to_string(event.previous) + " back: reading " + where);
        } else if (!with_.quiet) {
            remark("there is no offset " + std::to_string(event.previous) + ": reading " + where);
        }
    }

    /// What is never handed out (aborted records, markers) moves a partition on too.
    void look_at_positions() {
        for (auto& [partition, each] : readings_) {
            const auto position = in_.position(partition);
            if (position && !each.first) each.first = position;
            if (each.until && position && *position >= *each.until) end(each);
            if (each.over) in_.pause(partition);
        }
    }

    [[nodiscard]] bool over() const {
        return (failed_ && !with_.go_on) || open_ == 0 || out_.closed() || out_.error() ||
               (with_.count && taken_ >= *with_.count);
    }

    void flush() {
        written_ += out_.pending().size();
        out_.flush();
    }

    [[nodiscard]] advance so_far() const {
        if (with_.count) return {taken_, written_, taken_, *with_.count};
        advance now{taken_, written_, 0, 0};
        for (const auto& [partition, each] : readings_) {
            const auto position = in_.position(partition);
            if (!each.until || !each.first || !position) return {taken_, written_, 0, 0};
            now.done += static_cast<std::uint64_t>(std::max<std::int64_t>(*position - *each.first, 0));
            now.whole += static_cast<std::uint64_t>(std::max<std::int64_t>(*each.until - *each.first, 0));
        }
        return now;
    }

    void fail(const std::string& what, const kasio::error_code& error) {
        if (error == asio::error::operation_aborted && stop_.asked()) return;
        if (std::exchange(failed_, true) && !with_.go_on) return;
        complain(what, error, kafka_.last_failure());
    }

    const settings& with_;
    kasio::cluster kafka_;
    kasio::consumer in_;
    record_format format_;
    stop_signal stop_;
    progress progress_;
    output out_;
    asio::cancellation_signal cancel_;
    std::map<kasio::topic_partition, reading> readings_;
    std::map<kasio::topic_partition, reading>::iterator latest_ = readings_.end();
    std::size_t open_ = 0; // readings that are not over
    std::optional<std::int64_t> stop_time_;
    std::uint64_t taken_ = 0;
    std::uint64_t written_ = 0;
    bool failed_ = false;
};

} // namespace

int consume(const settings& with) {
    if (with.in_group) return consume_group(with);
    asio::io_context context{1};
    consumption job{context, with};
    asio::co_spawn(context, job.run(), [](std::exception_ptr thrown) {
        if (thrown) std::rethrow_exception(thrown);
    });
    context.run();
    return job.exit_code();
}

} // namespace cli
