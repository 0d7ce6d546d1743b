// SPDX-License-Identifier: BSL-1.0
// What the groups' tests share.
#pragma once

#include "component/consumer/consumer_fixture.hpp"

#include <kasio/assignor.hpp>
#include <kasio/testing/groups.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace kasio_test {

/// A member whose group moves fast.
inline consumer_options member_options(group_protocol by = group_protocol::classic) {
    auto options = from_start();
    options.group_id = "g";
    options.group_protocol = by;
    options.session_timeout = 1s;
    options.heartbeat_interval = 30ms;
    options.max_poll_interval = 3s;
    options.auto_commit_interval = 50ms;
    return options;
}

using owned_set = std::set<std::pair<std::string, int>>;

/// A consumer that polls as long as it is let, and remembers what came.
class worker {
public:
    std::vector<std::string> values;
    std::vector<error_code> told;
    /// As the hooks say.
    owned_set owned;
    int assigned = 0;
    int revoked = 0;
    int lost = 0;
    std::optional<error_code> ended;
    bool stopped = false;
    /// A poll waits.
    bool waiting = false;
    cluster kafka;
    std::unique_ptr<consumer> in;

    worker(asio::io_context& io, const std::string& servers, consumer_options options)
        : kafka{io.get_executor(), quick(servers)} {
        if (!options.on_assigned) options.on_assigned = [this](const rebalance& what) { take(what); };
        if (!options.on_revoked)
            options.on_revoked = [this](const rebalance& what) {
                ++revoked;
                give(what);
            };
        if (!options.on_lost)
            options.on_lost = [this](const rebalance& what) {
                ++lost;
                give(what);
            };
        in = std::make_unique<consumer>(kafka, std::move(options));
    }
    void take(const rebalance& what) {
        ++assigned;
        for (const auto& each : what.partitions()) owned.emplace(each.topic, each.partition);
    }
    void give(const rebalance& what) {
        for (const auto& each : what.partitions()) owned.erase({each.topic, each.partition});
    }
    void start(const std::string& topic = "t") {
        in->subscribe(topic);
        poll();
    }
    void poll() {
        waiting = true;
        in->async_poll([this](error_code error, const fetched_records& records) {
            waiting = false;
            if (error) {
                ended = error;
                return;
            }
            for (const auto& record : records) values.push_back(record.value().to_string());
            for (const auto& event : records.events()) told.push_back(event.error);
            if (!stopped) poll();
        });
    }
    [[nodiscard]] bool was_told(const error_code& what) const {
        return std::find(told.begin(), told.end(), what) != told.end();
    }
};

/// Members on one io_context, and their broker.
class crew {
public:
    testing::broker broker;
    testing::groups groups{broker};
    asio::io_context io;
    std::vector<std::unique_ptr<worker>> workers;

    explicit crew(int partitions = 4, testing::broker_options options = {}) : broker{std::move(options)} {
        broker.create_topic("t", partitions);
    }
    worker& add(consumer_options options = member_options()) {
        workers.push_back(std::make_unique<worker>(io, broker.bootstrap_servers(), std::move(options)));
        return *workers.back();
    }
    template <class Done>
    bool until(Done done, std::chrono::milliseconds limit = 10s) {
        return run_until(io, std::move(done), limit);
    }
    /// All partitions of `t` are owned, each by one, and the group is at rest.
    [[nodiscard]] bool shared_out() const {
        owned_set all;
        std::size_t sum = 0;
        for (const auto& each : workers) {
            all.insert(each->owned.begin(), each->owned.end());
            sum += each->owned.size();
        }
        return sum == all.size() && all.size() == static_cast<std::size_t>(broker.partition_count("t"));
    }
    [[nodiscard]] std::vector<std::string> values() const {
        std::vector<std::string> all;
        for (const auto& each : workers) all.insert(all.end(), each->values.begin(), each->values.end());
        std::sort(all.begin(), all.end());
        return all;
    }
    void fill_all(int count, int first = 0) {
        for (int partition = 0; partition < broker.partition_count("t"); ++partition) {
            for (int number = first; number < first + count; ++number) {
                const auto value = std::to_string(partition) + "-" + std::to_string(number);
                broker.append("t", partition, {.value = value});
            }
        }
    }
    [[nodiscard]] std::size_t unique_values() const {
        const auto all = values();
        return std::set<std::string>{all.begin(), all.end()}.size();
    }
    void close(worker& which, std::chrono::milliseconds timeout = 2s) {
        which.stopped = true;
        bool closed = false;
        which.in->async_close(timeout, [&](error_code error) {
            CHECK_FALSE(error);
            closed = true;
        });
        REQUIRE(until([&] { return closed; }, timeout + 1s));
    }
    [[nodiscard]] std::int64_t committed(int partition) const {
        const auto found = groups.committed("g", "t", partition);
        return found ? found->offset : -1;
    }
};

} // namespace kasio_test
