// SPDX-License-Identifier: BSL-1.0
// What the consumer's tests share.
#pragma once

#include "support/catch.hpp"
#include "support/run.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/consumer.hpp>
#include <kasio/testing/broker.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kasio_test {

using namespace kasio;
using namespace std::chrono_literals;
using kasio::testing::api;

inline constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

inline cluster_options quick(const std::string& servers) {
    cluster_options options;
    options.bootstrap_servers = servers;
    options.connect_timeout = 500ms;
    options.request_timeout = 500ms;
    options.default_timeout = 2s;
    options.reconnect_backoff = 5ms;
    options.retry_backoff = 5ms;
    return options;
}

/// Reads from the beginning, and does not wait long for records that are not there.
inline consumer_options from_start() {
    consumer_options options;
    options.offset_reset = offset_reset::earliest;
    options.fetch_max_wait = 50ms;
    return options;
}

/// Appends records with the values "0", "1", ... in batches of `batch`.
inline void fill(testing::broker& broker, const std::string& topic, int partition, int count, int batch = 10,
                 int first = 0) {
    for (int at = first; at < first + count;) {
        std::vector<std::string> values;
        for (int i = 0; i < batch && at < first + count; ++i) values.push_back(std::to_string(at++));
        std::vector<producer_record> records(values.size());
        for (std::size_t i = 0; i < values.size(); ++i) records[i].value = values[i];
        broker.append(topic, partition, records);
    }
}

/// The outcome of one poll, kept until looked at.
struct polled {
    int times = 0;
    error_code error;
    fetched_records records;
    auto handler() {
        return [this](error_code code, fetched_records what) {
            ++times;
            error = code;
            records = std::move(what);
        };
    }
};

/// A consumer on an io_context of its own, used step by step.
struct reader {
    asio::io_context io;
    cluster kafka;
    consumer in;

    explicit reader(testing::broker& broker, consumer_options options = from_start())
        : kafka{io.get_executor(), quick(broker.bootstrap_servers())}, in{kafka, std::move(options)} {}

    polled poll(std::chrono::milliseconds limit = 5s) {
        polled result;
        in.async_poll(result.handler());
        REQUIRE(run_until(
            io, [&] { return result.times == 1; }, limit));
        return result;
    }
    /// Polls until so many records have come; gives their values.
    std::vector<std::string> values(std::size_t count) {
        std::vector<std::string> all;
        while (all.size() < count) {
            const auto result = poll();
            REQUIRE_FALSE(result.error);
            for (const auto& record : result.records) all.push_back(record.value().to_string());
        }
        CHECK(all.size() == count);
        return all;
    }
    /// Polls until there is an event.
    partition_event event() {
        for (;;) {
            const auto result = poll();
            REQUIRE_FALSE(result.error);
            if (!result.records.events().empty()) return result.records.events().front();
        }
    }
};

/// Where a broker can fall silent or be missing while a poll waits.
inline const std::vector<std::pair<const char*, std::function<void(testing::broker&)>>> stages{
    {"nothing to read", [](testing::broker&) {}},
    {"refusing connections", [](testing::broker& broker) { broker.kill_node(1); }},
    {"silent from the start", [](testing::broker& broker) { broker.pause_node(1); }},
    {"silent at ApiVersions", [](testing::broker& broker) { broker.drop_next(api::api_versions, 1000); }},
    {"silent at Metadata", [](testing::broker& broker) { broker.drop_next(api::metadata, 1000); }},
    {"topic unknown", [](testing::broker& broker) { broker.hide_topic("t", 1000); }},
    {"silent at ListOffsets", [](testing::broker& broker) { broker.drop_next(api::list_offsets, 1000); }},
    {"failing at ListOffsets",
     [](testing::broker& broker) {
         broker.fail_next(api::list_offsets, broker_errc::leader_not_available, 100'000);
     }},
    {"silent at Fetch", [](testing::broker& broker) { broker.drop_next(api::fetch, 1000); }},
    {"failing at Fetch",
     [](testing::broker& broker) {
         broker.fail_next(api::fetch, broker_errc::not_leader_or_follower, 100'000);
     }},
};

inline std::unique_ptr<testing::broker> faulty_broker(const std::function<void(testing::broker&)>& fault) {
    auto broker = std::make_unique<testing::broker>();
    broker->create_topic("t", 1);
    fault(*broker);
    return broker;
}

inline std::vector<std::string> numbers(int first, int count) {
    std::vector<std::string> all;
    for (int at = first; at < first + count; ++at) all.push_back(std::to_string(at));
    return all;
}

} // namespace kasio_test
