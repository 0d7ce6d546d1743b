// SPDX-License-Identifier: BSL-1.0
// Any request to the broker it is for, through the public handle; and what observers are told meanwhile.
#include "asking.hpp"
#include "support/raw_peer.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/messages.hpp>
#include <kasio/observer.hpp>
#include <kasio/testing/broker.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using namespace kasio;
using namespace kasio_test;
using namespace std::chrono_literals;
using testing::api;

namespace {

template <class Response>
struct reply_got {
    int times = 0;
    error_code error;
    answer<Response> what;
    auto handler() {
        return [this](error_code code, answer<Response> said) {
            ++times;
            error = code;
            what = std::move(said);
        };
    }
};

template <class Request>
auto ask_for(asio::io_context& io, cluster& kafka, Request request, destination where,
             request_settings how = {}) {
    reply_got<typename Request::response_type> got;
    kafka.async_request(std::move(request), std::move(where), how, got.handler());
    REQUIRE(got.times == 0);
    REQUIRE(run_until(
        io, [&] { return got.times != 0; }, 20s));
    return got;
}

protocol::metadata_request about_nothing() {
    protocol::metadata_request request;
    request.topics.emplace();
    request.allow_auto_topic_creation = false;
    return request;
}

protocol::create_topics_request making(std::string name) {
    protocol::create_topics_request request;
    auto& topic = request.topics.emplace_back();
    topic.name = std::move(name);
    topic.num_partitions = 1;
    topic.replication_factor = 1;
    return request;
}

/// Counts what it is told.
class counting : public observer {
public:
    void on_handshake(const observed_line&, handshake_step step, std::chrono::nanoseconds) noexcept override {
        ++steps[step];
    }
    void on_connect(const observed_line& line, std::chrono::nanoseconds) noexcept override {
        ++connects;
        numbers.insert(line.number);
    }
    void on_disconnect(const observed_line&, const error_code& cause, std::string_view) noexcept override {
        ++disconnects;
        last_cause = cause;
    }
    void on_request_written(const observed_line&, const observed_request& what) noexcept override {
        ++written[what.api_key];
        bytes_out += what.bytes;
    }
    void on_request_answered(const observed_line& line, const observed_request& what) noexcept override {
        ++answered[what.api_key];
        bytes_in += what.bytes;
        longest = std::max(longest, what.took);
        if (line.node >= 0) nodes.insert(line.node);
        if (const auto call = std::exchange(again, nullptr)) call();
    }
    void on_throttle(const observed_line&, std::int16_t, std::chrono::milliseconds time) noexcept override {
        throttled += time;
    }
    void on_back_off(std::int32_t, const error_code&, std::chrono::nanoseconds wait) noexcept override {
        ++back_offs;
        CHECK(wait.count() > 0);
    }
    void on_metadata_update(std::string_view, std::size_t how_many, std::size_t) noexcept override {
        ++updates;
        brokers = how_many;
    }

    std::map<handshake_step, int> steps;
    std::map<std::int16_t, int> written;
    std::map<std::int16_t, int> answered;
    std::set<std::uint64_t> numbers;
    std::set<std::int32_t> nodes;
    std::function<void()> again;
    error_code last_cause;
    std::chrono::milliseconds throttled{0};
    std::chrono::nanoseconds longest{0};
    std::size_t bytes_out = 0;
    std::size_t bytes_in = 0;
    std::size_t brokers = 0;
    int connects = 0;
    int disconnects = 0;
    int back_offs = 0;
    int updates = 0;
};

} // namespace

TEST_CASE("a request goes to any broker, a node, the controller or a coordinator") {
    testing::broker broker{{.nodes = 3}};
    asio::io_context io;
    cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
    CHECK_FALSE(ask_for(io, kafka, about_nothing(), destination::any()).error);
    const auto shown = ask_for(io, kafka, making("t"), destination::controller());
    REQUIRE_FALSE(shown.error);
    CHECK(shown.what->topics.at(0).error_code == 0);
    CHECK(broker.has_topic("t"));
    const auto controller = ask(io, kafka).what.controller_id;
    CHECK(shown.what.node() == controller);
    for (int node = 1; node <= 3; ++node) {
        const auto got = ask_for(io, kafka, about_nothing(), destination::node(node));
        CHECK_FALSE(got.error);
        CHECK(got.what.node() == node);
    }
    const auto group = ask_for(io, kafka, about_nothing(), destination::group("billing"));
    CHECK_FALSE(group.error);
    CHECK(broker.request_count(api::find_coordinator) == 1);
    CHECK(ask_for(io, kafka, about_nothing(), destination::group("billing")).what.node() ==
          group.what.node());
    CHECK(broker.request_count(api::find_coordinator) == 1);
}

TEST_CASE("who is not the controller any more is not asked again", "[M6]") {
    testing::broker broker{{.nodes = 3}};
    asio::io_context io;
    cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
    broker.fail_next(api::create_topics, broker_errc::not_controller, 2);
    const auto got = ask_for(io, kafka, making("t"), destination::controller());
    REQUIRE_FALSE(got.error);
    CHECK(got.what->topics.at(0).error_code == 0);
    CHECK(broker.request_count(api::create_topics) == 3);
    CHECK(broker.request_count(api::metadata) >= 3); // before each
    // To the deadline, then the answer as it is.
    broker.fail_next(api::create_topics, broker_errc::not_controller, 1'000'000);
    auto refused = ask_for(io, kafka, making("u"), destination::controller(), 300ms);
    // The deadline may fall into the moment in which it is asked: seldom, and not again and again.
    for (int more = 4; refused.error == errc::request_timed_out && more > 0; --more)
        refused = ask_for(io, kafka, making("u"), destination::controller(), 300ms);
    REQUIRE_FALSE(refused.error);
    CHECK(refused.what->topics.at(0).error_code == 41);
    CHECK_FALSE(broker.has_topic("u"));
}

TEST_CASE("a coordinator that moved or loads is found again, whoever answers", "[G2]") {
    testing::broker broker{{.nodes = 2}};
    asio::io_context io;
    cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
    protocol::offset_fetch_request request;
    request.groups.emplace_back().group_id = "billing";
    request.groups.back().topics.reset();
    for (const auto code : {broker_errc::not_coordinator, broker_errc::coordinator_not_available,
                            broker_errc::coordinator_load_in_progress}) {
        broker.clear_requests();
        broker.fail_next(static_cast<api>(9), code, 2);
        const auto got = ask_for(io, kafka, request, destination::group("billing"));
        REQUIRE_FALSE(got.error);
        CHECK(got.what->groups.at(0).error_code == 0);
        CHECK(broker.request_count(static_cast<api>(9)) == 3);
        const auto looked_up = broker.request_count(api::find_coordinator);
        CHECK((code == broker_errc::coordinator_load_in_progress ? looked_up <= 1 : looked_up >= 2));
    }
}

TEST_CASE("a request is tried on other brokers until its deadline, but not one that must not be done twice",
          "[C3]") {
    testing::broker broker{{.nodes = 3}};
    broker.create_topic("t");
    asio::io_context io;
    cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
    broker.close_next(api::find_coordinator, 3);
    protocol::find_coordinator_request question;
    question.coordinator_keys.push_back("g");
    CHECK_FALSE(ask_for(io, kafka, question, destination::any()).error);
    CHECK(broker.request_count(api::find_coordinator) == 4);
    protocol::produce_request write;
    write.acks = 1;
    write.timeout_ms = 1000;
    auto& topic = write.topic_data.emplace_back();
    topic.name = "t";
    topic.partition_data.emplace_back().records = bytes_view{"no batch"};
    broker.close_next(api::produce, 1);
    const auto lost = ask_for(io, kafka, write, destination::node(1), request_settings{}.max_version(12));
    CHECK(lost.error == errc::connection_lost);
    CHECK(lost.what.maybe_sent());
    CHECK(broker.request_count(api::produce) == 1);
    const auto nobody = ask_for(io, kafka, about_nothing(), destination::node(77), 100ms);
    CHECK(nobody.error == errc::broker_unreachable);
    CHECK_FALSE(nobody.what.maybe_sent());
}

TEST_CASE("a routed request ends once when it is cancelled or the cluster goes, wherever it is", "[L1][L2]") {
    testing::broker broker;
    for (const bool reachable : {true, false}) {
        for (const bool cancel : {true, false}) {
            for (const auto wait : {0ms, 2ms, 20ms}) {
                CAPTURE(reachable, cancel, wait.count());
                const refusing_port nobody;
                asio::io_context io;
                const auto where =
                    reachable ? broker.bootstrap_servers() : "127.0.0.1:" + std::to_string(nobody.port());
                auto options = quick(where);
                options.request_timeout = options.default_timeout = 1h;
                std::optional<cluster> kafka{std::in_place, io.get_executor(), options};
                broker.clear_faults();
                broker.drop_next(api::metadata, 1000);
                asio::cancellation_signal signal;
                reply_got<protocol::metadata_response> got;
                kafka->async_request(about_nothing(), destination::any(),
                                     asio::bind_cancellation_slot(signal.slot(), got.handler()));
                io.run_for(wait);
                CHECK(got.times == 0);
                if (cancel) signal.emit(asio::cancellation_type::total);
                else kafka.reset();
                REQUIRE(run_until(
                    io, [&] { return got.times == 1; }, 3s));
                CHECK(got.error == asio::error::operation_aborted);
                kafka.reset();
                CHECK(drain(io));
                CHECK(got.times == 1);
            }
        }
    }
}

TEST_CASE("an observer is told of connections, requests, silence, back-off and metadata") {
    testing::broker broker;
    broker.create_topic("t");
    auto watching = std::make_shared<counting>();
    auto options = quick(broker.bootstrap_servers());
    options.observer = watching;
    asio::io_context io;
    std::optional<cluster> kafka{std::in_place, io.get_executor(), options};
    // Re-entrance: an observer may start operations.
    int more = 0;
    watching->again = [&] {
        kafka->async_request(about_nothing(), destination::any(), [&](error_code, const auto&) { ++more; });
        CHECK(more == 0);
    };
    CHECK_FALSE(ask(io, *kafka, "t").error);
    REQUIRE(run_until(
        io, [&] { return more == 1; }, 3s));
    broker.throttle_next(api::find_coordinator, 20ms);
    protocol::find_coordinator_request question;
    question.coordinator_keys.push_back("g");
    CHECK_FALSE(ask_for(io, *kafka, question, destination::any()).error);
    CHECK(watching->connects >= 1);
    CHECK(watching->numbers.size() == static_cast<std::size_t>(watching->connects));
    for (const auto step : {handshake_step::connected, handshake_step::secured, handshake_step::negotiated}) {
        CHECK(watching->steps[step] == watching->connects);
    }
    CHECK(watching->written[10] == 1);
    CHECK(watching->answered[10] == 1);
    CHECK(watching->written[18] == watching->connects);
    CHECK(watching->answered[3] >= 2);
    CHECK(watching->longest.count() > 0);
    CHECK(watching->throttled == 20ms);
    std::size_t seen = 0;
    for (const auto& each : broker.requests()) seen += each.size;
    CHECK(watching->bytes_out == seen);
    CHECK(watching->bytes_in > watching->bytes_out);
    CHECK(watching->disconnects == 0);
    broker.kill_node(1);
    CHECK(run_until(
        io, [&] { return watching->disconnects >= 1 && watching->back_offs >= 1; }, 3s));
    CHECK(watching->last_cause == errc::connection_lost);
    kafka.reset();
    CHECK(drain(io));
    options.observer.reset();
    CHECK(watching.use_count() == 1);
}
