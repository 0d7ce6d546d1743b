// SPDX-License-Identifier: BSL-1.0
// Cancellation at every step, and in numbers: each operation ends once, and the log confirms what it was
// told.
#include "support/catch.hpp"
#include "support/run.hpp"

#include <kasio/producer.hpp>
#include <kasio/testing/broker.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <deque>
#include <functional>
#include <random>
#include <unordered_set>

namespace asio = boost::asio;
using namespace kasio;
using namespace std::chrono_literals;
using kasio_test::run_until;
using testing::api;

namespace {

cluster_options quick(const testing::broker& broker) {
    return {.bootstrap_servers = broker.bootstrap_servers(),
            .connect_timeout = 500ms,
            .request_timeout = 500ms,
            .reconnect_backoff = 5ms,
            .reconnect_backoff_max = 20ms,
            .retry_backoff = 5ms,
            .retry_backoff_max = 20ms};
}

/// One send of a run, and how it ended.
struct sent_record {
    std::string value;
    asio::cancellation_signal signal;
    int times = 0;
    error_code error;
    delivery what;
};

/// Sends records through an unsteady broker and cancels about half of them, each some turns of the loop
/// later.
class cancelling_run {
public:
    cancelling_run(testing::broker& broker, int count, unsigned seed) : broker_{broker}, random_{seed} {
        options_.batch_size = 4000;
        options_.linger = 1ms;
        for (int i = 0; i < count; ++i) sends_.emplace_back().value = std::to_string(i);
    }
    void go() {
        cluster kafka{io_.get_executor(), quick(broker_)};
        producer out{kafka, options_};
        std::size_t next = 0;
        std::size_t until_hold = 0;
        while (next < sends_.size()) {
            if (next >= until_hold && sends_.size() - next > held_burst) {
                hold(out, next);
                until_hold = next + sends_.size() / holds;
            }
            const auto burst = std::min(sends_.size(), next + random_() % 400);
            for (; next < burst; ++next) start(out, sends_[next], random_() % 2 == 0);
            if (random_() % 50 == 0) disturb();
            io_.restart();
            for (auto turns = random_() % 40; turns > 0 && io_.poll_one() != 0; --turns) {
            }
            cancel_some();
        }
        REQUIRE(run_until(
            io_, [this] { return ended_ >= sends_.size(); }, 120s));
        bool closed = false;
        out.async_close([&closed](error_code) { closed = true; });
        REQUIRE(run_until(io_, [&closed] { return closed; }));
    }
    /// Each ended once; the log holds what was delivered at the offset that was told, nothing that was not
    /// sent, and nothing twice.
    void check() const {
        std::vector<std::unordered_set<std::string>> logs(2);
        for (int partition = 0; partition < 2; ++partition) {
            for (const auto& each : broker_.records("t", partition)) {
                REQUIRE(logs[static_cast<std::size_t>(partition)].insert(*each.value).second);
                found_.push_back({partition, each.offset, *each.value});
            }
        }
        for (const auto& each : sends_) {
            CAPTURE(each.value);
            REQUIRE(each.times == 1);
            const bool there = logs[0].count(each.value) + logs[1].count(each.value) != 0;
            if (each.what.fate == fate::delivered) REQUIRE((there && !each.error));
            if (each.what.fate == fate::not_sent) REQUIRE((!there && each.error));
            if (each.what.fate == fate::unknown) REQUIRE(each.error);
        }
        std::size_t told = 0;
        for (const auto& [partition, offset, value] : found_) {
            const auto& send = sends_[static_cast<std::size_t>(std::stoi(value))];
            if (send.what.fate != fate::delivered || send.what.offset < 0) continue;
            ++told;
            REQUIRE((send.what.partition == partition && send.what.offset == offset));
        }
        REQUIRE(told > 0);
    }
    /// How often the broker stood still meanwhile.
    [[nodiscard]] std::size_t held() const { return held_; }
    [[nodiscard]] std::size_t count(fate which) const {
        std::size_t found = 0;
        for (const auto& each : sends_) found += each.what.fate == which ? 1U : 0U;
        return found;
    }

private:
    static constexpr std::size_t holds = 20;
    static constexpr std::size_t held_burst = 200;
    struct found_record {
        int partition;
        std::int64_t offset;
        std::string value;
    };

    /// Sends that are all cancelled once a request has left, while the broker stands still: nobody can know
    /// what becomes of those in the request.
    void hold(producer& out, std::size_t& next) {
        broker_.clear_faults();
        start(out, sends_[next++], false);
        REQUIRE(run_until(
            io_, [this, next] { return ended_ == next; }, 60s));
        broker_.pause_node(1);
        const auto requests = out.metrics().requests;
        const auto begin = next;
        for (; next < begin + held_burst; ++next) start(out, sends_[next], true);
        REQUIRE(run_until(
            io_, [&out, requests] { return out.metrics().requests > requests; }, 60s));
        for (auto at = begin; at < next; ++at) sends_[at].signal.emit(asio::cancellation_type::total);
        REQUIRE(run_until(
            io_, [this, next] { return ended_ == next; }, 60s));
        to_cancel_.clear();
        std::size_t unknown = 0;
        for (auto at = begin; at < next; ++at) {
            REQUIRE(sends_[at].error == asio::error::operation_aborted);
            unknown += sends_[at].what.fate == fate::unknown ? 1U : 0U;
        }
        REQUIRE(unknown > 0);
        ++held_;
        broker_.resume_node(1);
    }
    void start(producer& out, sent_record& record, bool to_cancel) {
        auto handler = [this, &record](error_code error, const delivery& what) {
            ++record.times;
            ++ended_;
            record.error = error;
            record.what = what;
        };
        out.async_send(
            {.topic = "t", .partition = static_cast<std::int32_t>(random_() % 2), .value = record.value},
            asio::bind_cancellation_slot(record.signal.slot(), std::move(handler)));
        if (to_cancel) to_cancel_.push_back(&record);
    }
    void cancel_some() {
        for (auto count = random_() % 400; count > 0 && !to_cancel_.empty(); --count) {
            to_cancel_.front()->signal.emit(asio::cancellation_type::total);
            to_cancel_.pop_front();
        }
    }
    void disturb() {
        switch (random_() % 4) {
            case 0: return broker_.close_connections();
            case 1: return broker_.next(api::produce, {.cut_answer_after = 0});
            case 2: return broker_.cut_next_request(api::produce, 100);
            default: return broker_.delay_next(api::produce, 3ms);
        }
    }

    testing::broker& broker_;
    std::mt19937 random_;
    producer_options options_;
    std::deque<sent_record> sends_;
    std::deque<sent_record*> to_cancel_;
    mutable std::vector<found_record> found_;
    std::size_t ended_ = 0;
    std::size_t held_ = 0;
    asio::io_context io_;
};

} // namespace

TEST_CASE("100,000 sends of which half are cancelled at random end once each, as the log confirms",
          "[L2][P13]") {
    testing::broker broker;
    broker.create_topic("t", 2);
    cancelling_run all{broker, 100'000, 1};
    all.go();
    all.check();
    // All three ends were met, or this has shown nothing.
    INFO(all.count(fate::delivered) << " delivered, " << all.count(fate::not_sent) << " not sent, "
                                    << all.count(fate::unknown) << " unknown");
    CHECK(all.count(fate::delivered) > 20'000);
    CHECK(all.count(fate::not_sent) > 1000);
    CHECK(all.held() >= 10);
    CHECK(all.count(fate::unknown) >= all.held());
}

namespace {

/// Where a broker can be while an operation waits.
const std::vector<std::pair<const char*, std::function<void(testing::broker&)>>> stages{
    {"refusing connections", [](testing::broker& broker) { broker.kill_node(1); }},
    {"silent from the start", [](testing::broker& broker) { broker.pause_node(1); }},
    {"silent at ApiVersions", [](testing::broker& broker) { broker.drop_next(api::api_versions, 1000); }},
    {"silent at Metadata", [](testing::broker& broker) { broker.drop_next(api::metadata, 1000); }},
    {"silent at InitProducerId",
     [](testing::broker& broker) { broker.drop_next(api::init_producer_id, 1000); }},
    {"silent at Produce", [](testing::broker& broker) { broker.drop_next(api::produce, 1000); }},
    {"silent behind the append",
     [](testing::broker& broker) { broker.drop_answer_next(api::produce, 1000); }},
};

using beginning = std::function<void(producer&, asio::cancellation_slot, std::function<void(error_code)>)>;
const std::vector<std::pair<const char*, beginning>> waits{
    {"flush",
     [](producer& out, asio::cancellation_slot slot, std::function<void(error_code)> done) {
         out.async_flush(asio::bind_cancellation_slot(slot, std::move(done)));
     }},
    {"close",
     [](producer& out, asio::cancellation_slot slot, std::function<void(error_code)> done) {
         out.async_close(10s, asio::bind_cancellation_slot(slot, std::move(done)));
     }},
    {"wait for room",
     [](producer& out, asio::cancellation_slot slot, std::function<void(error_code)> done) {
         out.async_wait_writable(asio::bind_cancellation_slot(slot, std::move(done)));
     }},
};

} // namespace

TEST_CASE("flush, close and the wait for room are cancelled once at every step, and sends still end",
          "[L2][P10]") {
    for (const auto& [stage, fault] : stages) {
        for (const auto& [what, begin] : waits) {
            CAPTURE(stage, what);
            testing::broker broker;
            broker.create_topic("t", 1);
            fault(broker);
            asio::io_context io;
            cluster kafka{io.get_executor(), quick(broker)};
            producer_options options;
            options.buffer_memory = 1024;
            options.delivery_timeout = 400ms;
            options.max_block = 400ms;
            producer out{kafka, options};
            int ended = 0;
            for (int i = 0; i < 3; ++i) {
                out.async_send({.topic = "t", .value = std::string_view{"0123456789"}},
                               [&](error_code, const delivery&) { ++ended; });
            }
            const std::string large(700, 'x');
            out.async_send({.topic = "t", .value = large}, [&](error_code, const delivery&) { ++ended; });
            out.async_send({.topic = "t", .value = large}, [&](error_code, const delivery&) { ++ended; });
            int times = 0;
            error_code error;
            asio::cancellation_signal signal;
            begin(out, signal.slot(), [&](error_code code) {
                ++times;
                error = code;
            });
            io.run_for(10ms);
            REQUIRE(times == 0);
            signal.emit(asio::cancellation_type::total);
            REQUIRE(run_until(
                io, [&] { return times == 1; }, 1s));
            CHECK(error == asio::error::operation_aborted);
            // Each send has an end of its own, at its own deadline.
            REQUIRE(run_until(
                io, [&] { return ended == 5; }, 5s));
            bool closed = false;
            out.async_close(100ms, [&](error_code) { closed = true; });
            REQUIRE(run_until(
                io, [&] { return closed; }, 2s));
            CHECK(times == 1);
        }
    }
}
