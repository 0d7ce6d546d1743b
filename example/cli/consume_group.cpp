// SPDX-License-Identifier: BSL-1.0
// `kasio consume -G group topic...`: as a member of a group, from where it has committed.
#include "consume_group.hpp"

#include "format.hpp"
#include "output.hpp"
#include "stop.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <set>
#include <sstream>

namespace asio = boost::asio;

namespace cli {

namespace {

std::string names_of(const std::vector<kasio::topic_partition>& partitions) {
    std::ostringstream text;
    for (const auto& each : partitions) text << (&each == &partitions.front() ? "" : ", ") << each;
    return partitions.empty() ? "nothing" : text.str();
}

kasio::consumer_options options_of(const settings& with) {
    auto options = with.consumer;
    options.report_end = with.exit_at_end;
    if (with.quiet) return options;
    options.on_assigned = [](const kasio::rebalance& what) { remark("assigned: " + names_of(what.partitions())); };
    options.on_revoked = [](const kasio::rebalance& what) { remark("given up: " + names_of(what.partitions())); };
    options.on_lost = [](const kasio::rebalance& what) {
        remark("lost: " + names_of(what.partitions()) + ": " + kasio::error_name(what.cause()));
    };
    return options;
}

class membership {
public:
    membership(asio::io_context& context, const settings& with)
        : with_{with},
          kafka_{context.get_executor(), with.cluster},
          in_{kafka_, options_of(with)},
          format_{with.format.value_or(default_format(with))},
          stop_{context} {
        stop_.on_stop([this] { cancel_.emit(asio::cancellation_type::terminal); });
    }

    asio::awaitable<void> run() {
        const auto as_tuple = asio::as_tuple(asio::use_awaitable);
        subscribe();
        while (!over() && !stop_.asked()) {
            kasio::poll_limits limits;
            // What is not printed must not be committed.
            if (with_.count) limits.max_records = static_cast<std::size_t>(*with_.count - taken_);
            auto [error, records] =
                co_await in_.async_poll(limits, asio::bind_cancellation_slot(cancel_.slot(), as_tuple));
            if (error == asio::error::operation_aborted) break;
            if (error) {
                fail("group " + with_.consumer.group_id, error);
                break;
            }
            take(records);
        }
        out_.flush();
        co_await in_.async_close(as_tuple);
        co_await kafka_.async_close(as_tuple);
        stop_.cancel();
    }

    [[nodiscard]] int exit_code() const {
        if (out_.error()) complain("standard output", out_.error());
        return failed_ || out_.error() ? 1 : 0;
    }

private:
    /// As kcat has it, a name that begins with ^ is a regular expression.
    void subscribe() {
        const bool pattern = with_.topics.size() == 1 && with_.topics.front().starts_with('^');
        if (pattern) in_.subscribe(kasio::topic_pattern{with_.topics.front().substr(1)});
        else in_.subscribe(with_.topics);
    }

    void take(const kasio::fetched_records& records) {
        for (const auto& record : records) {
            if (with_.json) append_json(out_.pending(), record);
            else format_.append(out_.pending(), record, with_.empty_is_null);
            ++taken_;
            if (with_.unbuffered) out_.flush();
            else out_.flush_when_large();
        }
        for (const auto& part : records.partitions())
            ended_.erase({std::string{part.topic()}, part.partition()});
        for (const auto& event : records.events()) take(event);
        out_.flush();
    }

    void take(const kasio::partition_event& event) {
        using kind = kasio::partition_event::kind;
        std::ostringstream text;
        text << event;
        if (event.what == kind::end_of_partition) ended_.insert(event.partition);
        else if (event.what == kind::error) fail(text.str(), event.error);
        else if (!with_.quiet) remark(text.str());
    }

    /// With `-e`: everything that this member has at the moment has been read.
    [[nodiscard]] bool at_end() const {
        const auto mine = in_.assigned();
        return with_.exit_at_end && !mine.empty() &&
               std::all_of(mine.begin(), mine.end(), [this](const auto& each) { return ended_.contains(each); });
    }
    [[nodiscard]] bool over() const {
        return (failed_ && !with_.go_on) || at_end() || out_.closed() || out_.error() ||
               (with_.count && taken_ >= *with_.count);
    }
    void fail(const std::string& what, const kasio::error_code& error) {
        if (std::exchange(failed_, true) && !with_.go_on) return;
        complain(what, error, kafka_.last_failure());
    }

    const settings& with_;
    kasio::cluster kafka_;
    kasio::consumer in_;
    record_format format_;
    stop_signal stop_;
    output out_;
    asio::cancellation_signal cancel_;
    std::set<kasio::topic_partition> ended_;
    std::uint64_t taken_ = 0;
    bool failed_ = false;
};

} // namespace

int consume_group(const settings& with) {
    asio::io_context context{1};
    membership job{context, with};
    asio::co_spawn(context, job.run(), [](std::exception_ptr thrown) {
        if (thrown) std::rethrow_exception(thrown);
    });
    context.run();
    return job.exit_code();
}

} // namespace cli
