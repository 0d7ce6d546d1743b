// SPDX-License-Identifier: BSL-1.0
// Looking up coordinators, and requests that go to them.
#include "inside.hpp"

#include <kasio/broker_error.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>

namespace asio = boost::asio;
using namespace kasio;
using namespace kasio_test;

namespace {

constexpr auto group = coordinator_kind::group;

/// How an `async_coordinator` ended, counted.
struct told {
    int times = 0;
    error_code error;
    std::int32_t node = -1;
    auto handler() {
        return [this](error_code code, std::int32_t who) {
            ++times;
            error = code;
            node = who;
        };
    }
};

void look_up(inside& test, told& got, std::chrono::milliseconds within = 2s,
             given_up_flag given_up = nullptr) {
    test.on_strand([&](cluster_core& core) {
        core.async_coordinator(group, "billing", steady_clock::now() + within, got.handler(), given_up);
        CHECK(got.times == 0);
    });
}

told found(inside& test, std::chrono::milliseconds within = 2s) {
    told got;
    look_up(test, got, within);
    REQUIRE(run_until(
        test.io, [&] { return got.times == 1; }, within + 2s));
    return got;
}

} // namespace

TEST_CASE("a coordinator is looked up once for all who ask, and again when it is forgotten", "[G2]") {
    testing::broker broker{{.nodes = 3}};
    inside test{quick(broker.bootstrap_servers())};
    told both[2];
    look_up(test, both[0]);
    look_up(test, both[1]);
    REQUIRE(run_until(
        test.io, [&] { return both[0].times == 1 && both[1].times == 1; }, 3s));
    CHECK(both[0].error == no_error);
    CHECK(both[0].node >= 1);
    CHECK(both[0].node == both[1].node);
    CHECK(found(test).node == both[0].node);
    CHECK(broker.request_count(api::find_coordinator) == 1);
    // Who was turned away by another one has nothing to say about this one.
    test.on_strand([&](cluster_core& core) { core.forget_coordinator(group, "billing", both[0].node + 1); });
    CHECK(found(test).node == both[0].node);
    CHECK(broker.request_count(api::find_coordinator) == 1);
    test.on_strand([&](cluster_core& core) { core.forget_coordinator(group, "billing", both[0].node); });
    CHECK(found(test).node == both[0].node);
    CHECK(broker.request_count(api::find_coordinator) == 2);
    test.close();
}

TEST_CASE("a coordinator that is not available yet is asked for again with pauses, to the deadline", "[G2]") {
    testing::broker broker;
    inside test{quick(broker.bootstrap_servers())};
    broker.fail_next(api::find_coordinator, broker_errc::coordinator_not_available, 3);
    CHECK(found(test).error == no_error);
    CHECK(broker.request_count(api::find_coordinator) == 4);
    test.on_strand([](cluster_core& core) { core.forget_coordinator(group, "billing"); });
    broker.clear_requests();
    broker.fail_next(api::find_coordinator, broker_errc::coordinator_not_available, 1'000'000);
    told patient;
    look_up(test, patient, 1h);
    const auto late = found(test, 300ms);
    CHECK(late.error == broker_errc::coordinator_not_available);
    CHECK(late.node == -1);
    CHECK(broker.request_count(api::find_coordinator) <= 40); // pauses of 5 to 50 ms
    CHECK(patient.times == 0);
    broker.clear_faults();
    REQUIRE(run_until(
        test.io, [&] { return patient.times == 1; }, 3s));
    CHECK(patient.error == no_error);
    CHECK(late.times == 1);
    test.close();
}

TEST_CASE("what no waiting would mend ends a look-up at once", "[G2]") {
    testing::broker broker;
    inside test{quick(broker.bootstrap_servers())};
    broker.fail_next(api::find_coordinator, broker_errc::group_authorization_failed, 1);
    told refused;
    look_up(test, refused, 1h);
    REQUIRE(run_until(
        test.io, [&] { return refused.times == 1; }, 3s));
    CHECK(refused.error == broker_errc::group_authorization_failed);
    CHECK(found(test).error == no_error);
    test.close();
}

TEST_CASE("look-ups end once when the cluster closes or nobody wants them", "[L1]") {
    testing::broker broker;
    inside test{quick(broker.bootstrap_servers())};
    broker.fail_next(api::find_coordinator, broker_errc::coordinator_not_available, 1'000'000);
    const auto given_up = std::make_shared<bool>(false);
    told forsaken;
    told patient;
    look_up(test, forsaken, 1h, given_up);
    look_up(test, patient, 1h);
    REQUIRE(run_until(
        test.io, [&] { return broker.request_count(api::find_coordinator) >= 2; }, 3s));
    *given_up = true;
    REQUIRE(run_until(
        test.io, [&] { return forsaken.times == 1; }, 3s));
    CHECK(forsaken.error == asio::error::operation_aborted);
    CHECK(patient.times == 0);
    test.close();
    CHECK(patient.times == 1);
    CHECK(patient.error == errc::closed);
    CHECK(forsaken.times == 1);
}

TEST_CASE("a routed request follows its coordinator to another node", "[G2]") {
    testing::broker broker{{.nodes = 3}};
    inside test{quick(broker.bootstrap_servers())};
    const auto ask = [&] {
        broker.clear_requests();
        ending routed;
        test.on_strand([&](cluster_core& core) {
            route to{.to = route::kind::coordinator};
            to.key = "billing";
            request_routed(core.shared_from_this(), to, about_nothing(), steady_clock::now() + 5s,
                           routed.handler());
            CHECK(routed.times == 0);
        });
        REQUIRE(run_until(
            test.io, [&] { return routed.times == 1; }, 6s));
        CHECK(routed.error == no_error);
        return broker.requests(api::metadata).at(0).node;
    };
    const auto first = ask();
    CHECK(first == found(test).node);
    CHECK(test.core().open_session(first, purpose::coordinator) != nullptr);
    // Its broker dies, nobody says so: the line tells, and the next look-up names another one.
    broker.kill_node(first);
    const auto second = ask();
    CHECK(second != first);
    CHECK(second == found(test).node);
    test.close();
}

TEST_CASE("a look-up that is stuck on a silent broker holds up no other, and goes on elsewhere", "[M5]") {
    testing::broker broker{{.nodes = 2}};
    inside test{quick(broker.bootstrap_servers())};
    CHECK(found(test).error == no_error);
    test.on_strand([](cluster_core& core) { core.forget_coordinator(group, "billing"); });
    const auto asked = broker.requests(api::find_coordinator).at(0).node;
    broker.pause_node(asked);
    told other;
    test.on_strand([&](cluster_core& core) {
        core.async_coordinator(coordinator_kind::transaction, "mover", steady_clock::now() + 5s,
                               other.handler());
    });
    const auto got = found(test, 5s);
    CHECK(got.error == no_error);
    REQUIRE(run_until(
        test.io, [&] { return other.times == 1; }, 5s));
    CHECK(other.error == no_error);
    broker.resume_node(asked);
    test.close();
}
