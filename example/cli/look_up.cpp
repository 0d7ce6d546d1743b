// SPDX-License-Identifier: BSL-1.0
#include "look_up.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace asio = boost::asio;

namespace cli {

asio::awaitable<found_offsets> look_up(kasio::cluster& kafka, const kasio::consumer_options& options,
                                       const std::vector<kasio::assignment>& wanted,
                                       asio::cancellation_signal& cancel) {
    const auto as_tuple = asio::as_tuple(asio::use_awaitable);
    auto scout_options = options;
    // A partition tells its position by its first record, or by its end. Neither needs to be much or to be
    // waited for.
    scout_options.report_end = true;
    scout_options.fetch_min_bytes = 1;
    scout_options.partition_fetch_bytes = 1;
    scout_options.fetch_max_wait = std::chrono::milliseconds{20};
    kasio::consumer scout{kafka, scout_options};
    auto partitions = wanted;
    scout.assign(std::move(partitions));
    found_offsets found;
    while (found.offsets.size() < wanted.size() && !found.error) {
        const auto [error, records] =
            co_await scout.async_poll(asio::bind_cancellation_slot(cancel.slot(), as_tuple));
        found.error = error;
        if (error) break;
        for (const auto& record : records) {
            kasio::topic_partition which{std::string{record.topic()}, record.partition()};
            found.offsets.emplace(std::move(which), record.offset());
        }
        for (const auto& event : records.events()) {
            if (event.what == kasio::partition_event::kind::end_of_partition) {
                found.offsets.emplace(event.partition, event.offset);
            } else if (event.what == kasio::partition_event::kind::error &&
                       !found.offsets.contains(event.partition)) {
                // What cannot be read still has its position.
                if (event.offset >= 0) {
                    found.offsets.emplace(event.partition, event.offset);
                } else if (!found.error) {
                    found.partition = event.partition;
                    found.error = event.error;
                }
            }
        }
    }
    co_await scout.async_close(as_tuple);
    co_return found;
}

asio::awaitable<found_metadata> ask_metadata(kasio::cluster& kafka, const std::string& topic,
                                             std::chrono::milliseconds limit,
                                             asio::cancellation_signal& cancel) {
    bool late = false;
    asio::steady_timer timer{co_await asio::this_coro::executor, limit};
    timer.async_wait([&late, &cancel](const boost::system::error_code& error) {
        if (error) return;
        late = true;
        cancel.emit(asio::cancellation_type::terminal);
    });
    const auto as_tuple = asio::as_tuple(asio::use_awaitable);
    auto [error, known] =
        co_await kafka.async_metadata(topic, asio::bind_cancellation_slot(cancel.slot(), as_tuple));
    // It may be on its way already, and must not find this frame gone.
    while (timer.cancel() == 0 && !late) {
        co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    }
    found_metadata found;
    found.error = error;
    found.known = std::move(known);
    if (late && error == asio::error::operation_aborted) {
        const auto cause = kafka.last_failure().code;
        found.error = cause ? cause : kasio::error_code{kasio::errc::metadata_unavailable};
    }
    co_return found;
}

} // namespace cli
