// SPDX-License-Identifier: BSL-1.0
// What producers and consumers rely on: refreshes, connections and routed requests, from the inside.
#include "inside.hpp"
#include "support/raw_peer.hpp"

#include <kasio/broker_error.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <atomic>

namespace asio = boost::asio;
using namespace kasio;
using namespace kasio_test;

namespace {

std::string local(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

} // namespace

TEST_CASE("who waits briefly for metadata takes nobody else's wait along", "[M5]") {
    testing::broker broker;
    broker.hide_brokers(1'000'000);
    inside test{quick(broker.bootstrap_servers())};
    ending brief;
    ending patient;
    test.on_strand([&](cluster_core& core) {
        core.async_refresh(steady_clock::now() + 30ms, brief.handler());
        core.async_refresh(steady_clock::now() + 1h, patient.handler());
    });
    REQUIRE(run_until(
        test.io, [&] { return brief.times == 1; }, 2s));
    CHECK(brief.error == errc::metadata_unavailable);
    test.io.restart();
    test.io.run_for(50ms);
    CHECK(patient.times == 0);
    broker.clear_faults();
    broker.hide_brokers(0);
    test.close();
    CHECK(patient.times == 1);
    CHECK(patient.error == errc::closed);
    CHECK(brief.times == 1);
}

TEST_CASE("a refresh that failed tells its own cause, not that of another time", "[M5]") {
    testing::broker broker;
    inside test{quick(broker.bootstrap_servers())};
    test.on_strand([](cluster_core& core) { core.note_failure(errc::host_not_found, "long ago"); });
    broker.drop_next(api::metadata, 1000);
    ending silent;
    test.on_strand(
        [&](cluster_core& core) { core.async_refresh(steady_clock::now() + 700ms, silent.handler()); });
    REQUIRE(run_until(
        test.io, [&] { return silent.times == 1; }, 2s));
    CHECK(silent.error == errc::request_timed_out);
    broker.clear_faults();
    ending fine;
    test.on_strand([&](cluster_core& core) { core.async_refresh(steady_clock::now() + 2s, fine.handler()); });
    REQUIRE(run_until(
        test.io, [&] { return fine.times == 1; }, 3s));
    CHECK(fine.error == no_error);
    test.close();
}

TEST_CASE("nothing is asked while no topic is watched and nobody waits") {
    testing::broker broker;
    broker.create_topic("t", 1);
    auto options = quick(broker.bootstrap_servers());
    options.metadata_max_age = 20ms;
    inside test{options};
    test.on_strand([](cluster_core& core) { core.refresh_metadata(); });
    test.io.run_for(50ms);
    CHECK(broker.accepted_count() == 0);
    test.watch("t", false);
    REQUIRE(run_until(
        test.io, [&] { return broker.request_count(api::metadata) >= 3; }, 2s));
    CHECK(test.knows("t"));
    test.on_strand([](cluster_core& core) { core.unwatch_topic("t"); });
    test.io.restart();
    test.io.run_for(50ms); // what was under way
    const auto before = broker.request_count(api::metadata);
    test.io.restart();
    test.io.run_for(100ms);
    CHECK(broker.request_count(api::metadata) == before);
    // Whoever comes next is told how things are now.
    broker.add_partitions("t", 3);
    test.watch("t", false);
    const auto all_known = [&] { return test.core().metadata().find("t")->partitions.size() == 3; };
    CHECK(run_until(test.io, all_known, 2s));
    test.close();
}

TEST_CASE("a topic is created only for who allows it, whoever watches beside", "[M2]") {
    testing::broker broker;
    broker.create_topic("there", 1);
    inside test{quick(broker.bootstrap_servers())};
    test.watch("of-a-consumer", false);
    test.watch("there", false);
    test.watch("of-a-producer", true);
    REQUIRE(run_until(
        test.io, [&] { return test.knows("of-a-producer") && test.knows("there"); }, 3s));
    test.io.restart();
    test.io.run_for(100ms);
    CHECK(broker.has_topic("of-a-producer"));
    CHECK_FALSE(broker.has_topic("of-a-consumer"));
    // One that is deleted comes back for its producer only.
    broker.delete_topic("there");
    broker.delete_topic("of-a-producer");
    test.on_strand([](cluster_core& core) { core.refresh_metadata(); });
    CHECK(run_until(
        test.io, [&] { return broker.has_topic("of-a-producer"); }, 3s));
    test.io.restart();
    test.io.run_for(100ms);
    CHECK_FALSE(broker.has_topic("there"));
    CHECK_FALSE(broker.has_topic("of-a-consumer"));
    test.close();
}

TEST_CASE("a topic that is gone for a moment is asked for until it is back", "[M2]") {
    testing::broker broker;
    broker.create_topic("t", 2);
    inside test{quick(broker.bootstrap_servers())};
    test.watch("t", false);
    REQUIRE(run_until(
        test.io, [&] { return test.knows("t"); }, 2s));
    broker.hide_topic("t", 5);
    test.on_strand([](cluster_core& core) { core.refresh_metadata(); });
    const auto* known = test.core().metadata().find("t");
    REQUIRE(run_until(
        test.io, [&] { return static_cast<bool>(known->error); }, 2s));
    CHECK(known->error == broker_errc::unknown_topic_or_partition);
    CHECK(known->partitions.size() == 2);
    CHECK(run_until(
        test.io, [&] { return test.knows("t"); }, 2s));
    test.close();
}

TEST_CASE("one connection serves all who ask for it, and each of them has a deadline", "[C1]") {
    testing::broker broker;
    inside test{quick(broker.bootstrap_servers())};
    ending known;
    test.on_strand(
        [&](cluster_core& core) { core.async_refresh(steady_clock::now() + 2s, known.handler()); });
    REQUIRE(run_until(
        test.io, [&] { return known.times == 1; }, 3s));
    const auto before = broker.accepted_count();
    ending outcomes[5];
    test.on_strand([&](cluster_core& core) {
        for (auto& each : outcomes) {
            core.async_session(1, purpose::produce, steady_clock::now() + 1s, each.handler());
            CHECK(each.times == 0);
        }
        CHECK(core.open_session(1, purpose::produce) == nullptr);
    });
    const auto all = [&] {
        return std::all_of(std::begin(outcomes), std::end(outcomes),
                           [](const ending& each) { return each.times == 1; });
    };
    REQUIRE(run_until(test.io, all, 2s));
    for (const auto& each : outcomes) CHECK(each.error == no_error);
    CHECK(broker.accepted_count() == before + 1);
    CHECK(test.core().open_session(1, purpose::produce) != nullptr);

    broker.pause_node(1);
    ending brief;
    ending patient;
    ending nobody;
    test.on_strand([&](cluster_core& core) {
        core.async_session(1, purpose::fetch, steady_clock::now() + 20ms, brief.handler());
        core.async_session(1, purpose::fetch, steady_clock::now() + 1h, patient.handler());
        core.async_session(99, purpose::fetch, steady_clock::now() + 1h, nobody.handler());
    });
    REQUIRE(run_until(
        test.io, [&] { return brief.times == 1 && nobody.times == 1; }, 2s));
    CHECK(brief.error == errc::connect_timed_out);
    CHECK(nobody.error == errc::broker_unreachable);
    CHECK(patient.times == 0);
    broker.resume_node(1);
    REQUIRE(run_until(
        test.io, [&] { return patient.times == 1; }, 2s));
    CHECK(patient.error == no_error);
    test.close();
}

TEST_CASE("a node that accepts and hangs up is not connected to without pauses", "[C1]") {
    // Whoever asks again at once, before the end of the line has been told, waits as well.
    testing::broker broker;
    auto options = quick(broker.bootstrap_servers());
    options.reconnect_backoff = 50ms;
    inside test{options};
    broker.close_next(api::metadata, 1'000'000);
    ending routed;
    test.on_strand([&](cluster_core& core) {
        request_routed(core.shared_from_this(), route{}, about_nothing(), steady_clock::now() + 500ms,
                       routed.handler());
    });
    REQUIRE(run_until(
        test.io, [&] { return routed.times == 1; }, 3s));
    CHECK(routed.error == errc::connection_lost);
    CHECK(broker.accepted_count() >= 2);
    CHECK(broker.accepted_count() <= 14); // 500 ms by 40 ms at least, and the first
    test.close();
}

TEST_CASE("a routed request ends once when the cluster closes, wherever it is", "[L1]") {
    for (const auto to : {route::kind::any, route::kind::controller, route::kind::node}) {
        for (const auto wait : {0ms, 1ms, 5ms, 30ms}) {
            CAPTURE(static_cast<int>(to), wait.count());
            const refusing_port nobody;
            inside test{quick(local(nobody.port()))};
            ending routed;
            test.on_strand([&](cluster_core& core) {
                core.hint_node(1, "127.0.0.1", nobody.port());
                request_routed(core.shared_from_this(), route{.to = to, .node = 1}, about_nothing(),
                               steady_clock::now() + 1h, routed.handler());
                CHECK(routed.times == 0);
            });
            test.io.restart();
            test.io.run_for(wait);
            CHECK(routed.times == 0);
            test.close();
            CHECK(routed.times == 1);
            CHECK(routed.error == errc::closed);
        }
    }
}

TEST_CASE("a routed request finds the controller, and a node by its id") {
    testing::broker broker{{.nodes = 3}};
    inside test{quick(broker.bootstrap_servers())};
    ending known;
    test.on_strand(
        [&](cluster_core& core) { core.async_refresh(steady_clock::now() + 2s, known.handler()); });
    REQUIRE(run_until(
        test.io, [&] { return known.times == 1; }, 3s));
    const auto ask_where = [&](route to) {
        broker.clear_requests();
        ending routed;
        test.on_strand([&](cluster_core& core) {
            request_routed(core.shared_from_this(), to, about_nothing(), steady_clock::now() + 2s,
                           routed.handler());
        });
        REQUIRE(run_until(
            test.io, [&] { return routed.times == 1; }, 3s));
        CHECK(routed.error == no_error);
        return broker.requests(api::metadata).at(0).node;
    };
    CHECK(ask_where({.to = route::kind::controller}) == test.core().metadata().controller());
    for (int node = 1; node <= 3; ++node) CHECK(ask_where({.to = route::kind::node, .node = node}) == node);
    test.close();
}

TEST_CASE("metadata that lacks something is asked for with pauses, and no more once nothing is stale",
          "[M6]") {
    testing::broker broker{{.nodes = 3}};
    broker.create_topic("t", 2);
    inside test{quick(broker.bootstrap_servers())};
    const auto led = [&](std::size_t partitions) {
        const auto* known = test.core().metadata().find("t");
        if (known == nullptr || known->error || known->partitions.size() != partitions) return false;
        return std::all_of(known->partitions.begin(), known->partitions.end(),
                           [](const auto& each) { return each.leader >= 0; });
    };
    // The very first load shows a partition with a code that passes, and so do the two that follow.
    broker.show_partition_error("t", 1, broker_errc::leader_not_available, 3);
    test.watch("t", false);
    REQUIRE(run_until(
        test.io, [&] { return led(2); }, 5s));
    const auto stale = broker.requests(api::metadata);
    CHECK(stale.size() == 4);
    for (std::size_t i = 1; i < stale.size(); ++i) CHECK(stale[i].time - stale[i - 1].time >= 3ms);
    CHECK(test.core().metadata().nodes().size() == 3);
    // A success that changes nothing starts no round of its own.
    ending again;
    test.on_strand(
        [&](cluster_core& core) { core.async_refresh(steady_clock::now() + 2s, again.handler()); });
    REQUIRE(run_until(
        test.io, [&] { return again.times == 1; }, 3s));
    CHECK(again.error == no_error);
    test.io.restart();
    test.io.run_for(150ms);
    CHECK(broker.request_count(api::metadata) == 5);
    // Partitions that are added are seen by the next one, whoever asks for it.
    broker.add_partitions("t", 5);
    test.on_strand([&](cluster_core& core) { core.refresh_metadata(); });
    CHECK(run_until(
        test.io, [&] { return led(5); }, 5s));
    test.close();
}

TEST_CASE("where nobody is said to be the controller some broker is asked", "[M6]") {
    testing::broker broker{{.nodes = 2}};
    inside test{quick(broker.bootstrap_servers())};
    // At the end of an answer are the controller's id, the array of topics, empty here, and the tags.
    broker.set_versions(api::metadata, 0, 12);
    testing::request_action nobody;
    nobody.edit_answer = [](std::string& frame) { frame.replace(frame.size() - 6, 4, 4, '\xff'); };
    broker.next(api::metadata, nobody, 1'000);
    ending routed;
    test.on_strand([&](cluster_core& core) {
        request_routed(core.shared_from_this(), {.to = route::kind::controller}, about_nothing(),
                       steady_clock::now() + 5s, routed.handler());
    });
    REQUIRE(run_until(
        test.io, [&] { return routed.times == 1; }, 8s));
    CHECK(test.core().metadata().controller() == -1);
    CHECK(test.core().metadata().nodes().size() == 2);
    CHECK(routed.error == no_error);
    test.close();
}

TEST_CASE("when all that is known is gone the bootstrap list is asked again", "[C16]") {
    std::optional<testing::broker> old_cluster{std::in_place};
    testing::broker new_cluster;
    inside test{quick(old_cluster->bootstrap_servers() + ',' + new_cluster.bootstrap_servers())};
    const auto refreshed = [&] {
        ending known;
        test.on_strand(
            [&](cluster_core& core) { core.async_refresh(steady_clock::now() + 5s, known.handler()); });
        REQUIRE(run_until(
            test.io, [&] { return known.times == 1; }, 8s));
        CHECK(known.error == no_error);
        return test.core().metadata().cluster_id();
    };
    // Whichever comes first: the other one is switched off.
    CHECK(refreshed() == old_cluster->cluster_id());
    old_cluster->kill_node(1);
    CHECK(refreshed() == new_cluster.cluster_id());
    const auto asked = old_cluster->accepted_count();
    CHECK(refreshed() == new_cluster.cluster_id());
    CHECK(old_cluster->accepted_count() == asked);
    test.close();
}

TEST_CASE("a broker is who its node id says, wherever it is", "[C16]") {
    testing::broker broker{{.nodes = 2}};
    inside test{quick(broker.bootstrap_servers())};
    const auto asked_at = [&](std::int32_t node) {
        broker.clear_requests();
        ending routed;
        test.on_strand([&](cluster_core& core) {
            request_routed(core.shared_from_this(), {.to = route::kind::node, .node = node}, about_nothing(),
                           steady_clock::now() + 2s, routed.handler());
        });
        REQUIRE(run_until(
            test.io, [&] { return routed.times == 1; }, 3s));
        CHECK(routed.error == no_error);
        return broker.requests(api::metadata).back().node;
    };
    CHECK(asked_at(1) == 1);
    CHECK(asked_at(2) == 2);
    // They change places.
    const auto first = broker.port(1);
    broker.set_advertised_address(1, "127.0.0.1", broker.port(2));
    broker.set_advertised_address(2, "127.0.0.1", first);
    ending known;
    test.on_strand(
        [&](cluster_core& core) { core.async_refresh(steady_clock::now() + 2s, known.handler()); });
    REQUIRE(run_until(
        test.io, [&] { return known.times == 1; }, 3s));
    broker.close_connections();
    REQUIRE(run_until(
        test.io, [&] { return broker.connection_count() == 0; }, 3s));
    CHECK(asked_at(1) == 2);
    CHECK(asked_at(2) == 1);
    // Both at one place: two connections, each for its own.
    broker.set_advertised_address(2, "127.0.0.1", broker.port(2));
    ending moved;
    test.on_strand(
        [&](cluster_core& core) { core.async_refresh(steady_clock::now() + 2s, moved.handler()); });
    REQUIRE(run_until(
        test.io, [&] { return moved.times == 1; }, 3s));
    broker.close_connections();
    CHECK(asked_at(1) == 2);
    CHECK(asked_at(2) == 2);
    test.close();
}

TEST_CASE("a broker that has moved on asks for a new bootstrap and gets it", "[C16]") {
    testing::broker old_cluster;
    testing::broker new_cluster;
    new_cluster.create_topic("t", 1);
    // The list leads to the old one first, then, as a name in DNS would, to the new one.
    auto options = quick(old_cluster.bootstrap_servers() + ',' + new_cluster.bootstrap_servers());
    inside test{options};
    ending known;
    test.on_strand(
        [&](cluster_core& core) { core.async_refresh(steady_clock::now() + 2s, known.handler()); });
    REQUIRE(run_until(
        test.io, [&] { return known.times == 1; }, 3s));
    REQUIRE(test.core().metadata().cluster_id() == old_cluster.cluster_id());
    old_cluster.fail_next(api::metadata, broker_errc::rebootstrap_required, 1);
    test.watch("t", false);
    const auto asked_anew = [&] { return new_cluster.request_count(api::metadata) > 0 && test.knows("t"); };
    CHECK(run_until(test.io, asked_anew, 5s));
    test.close();
}

TEST_CASE("idle connections are closed, and nothing wakes up afterwards") {
    testing::broker broker;
    auto options = quick(broker.bootstrap_servers());
    options.idle_timeout = 50ms;
    inside test{options};
    asked got = ask(test.io, *test.kafka);
    CHECK_FALSE(got.error);
    CHECK(broker.connection_count() == 1);
    // The context runs out of work: no timer is left.
    CHECK(drain(test.io, 2s));
    CHECK(run_until(
        test.io, [&] { return broker.connection_count() == 0; }, 2s));
    CHECK_FALSE(test.kafka->last_failure().code);
    got = ask(test.io, *test.kafka);
    CHECK_FALSE(got.error);
    CHECK(broker.accepted_count() == 2);
    test.close();
}
