// SPDX-License-Identifier: BSL-1.0
#include "component/testing/raw_client.hpp"
#include "component/testing/requests.hpp"
#include "support/catch.hpp"

#include <kasio/messages/sasl.hpp>

#include <chrono>

using namespace kasio;
using namespace kasio::testing;
using namespace std::chrono_literals;
using ending = raw_client::ending;

TEST_CASE("the next requests of an api fail with the given code and have no effect") {
    broker cluster;
    cluster.create_topic("t");
    raw_client client{cluster.port(1)};
    const std::string batch = batch_of(1);
    cluster.fail_next(api::produce, broker_errc::not_enough_replicas, 2);
    CHECK(only(client.ask(produce("t", 0, batch), 9)).error_code == number(broker_errc::not_enough_replicas));
    CHECK(only(client.ask(produce("t", 0, batch), 9)).error_code == number(broker_errc::not_enough_replicas));
    CHECK(cluster.end_offset("t", 0) == 0);
    CHECK(only(client.ask(produce("t", 0, batch), 9)).error_code == 0);
    cluster.fail_next(api::fetch, broker_errc::kafka_storage_error);
    CHECK(only(client.ask(fetch("t", 0, 0), 12)).error_code == number(broker_errc::kafka_storage_error));
    cluster.fail_next(api::fetch, broker_errc::invalid_fetch_session_epoch);
    CHECK(client.ask(fetch("t", 0, 0), 12).error_code == number(broker_errc::invalid_fetch_session_epoch));
    cluster.fail_next(api::metadata, broker_errc::topic_authorization_failed);
    CHECK(only(client.ask(metadata("t"), 9)).error_code == number(broker_errc::topic_authorization_failed));
    cluster.fail_next(api::metadata, broker_errc::rebootstrap_required);
    CHECK(client.ask(metadata("t"), 13).error_code == number(broker_errc::rebootstrap_required));
    cluster.fail_next(api::list_offsets, broker_errc::offset_not_available);
    CHECK(only(client.ask(list_offsets("t", 0, -1), 6)).error_code ==
          number(broker_errc::offset_not_available));
    cluster.fail_next(api::api_versions, broker_errc::unsupported_version);
    CHECK(client.ask(protocol::api_versions_request{}, 3).error_code ==
          number(broker_errc::unsupported_version));
}

TEST_CASE("a rule for one node leaves the others alone") {
    broker cluster{{.nodes = 2}};
    cluster.create_topic("t", 2);
    cluster.fail_next(api::list_offsets, broker_errc::request_timed_out, 1, 2);
    raw_client first{cluster.port(1)};
    raw_client second{cluster.port(2)};
    CHECK(only(first.ask(list_offsets("t", 0, -1), 6)).error_code == 0);
    CHECK(only(second.ask(list_offsets("t", 1, -1), 6)).error_code == number(broker_errc::request_timed_out));
}

TEST_CASE("a dropped request has no effect and silences its connection") {
    broker cluster;
    cluster.create_topic("t");
    const std::string batch = batch_of(1);
    raw_client client{cluster.port(1), 100ms};
    cluster.drop_next(api::produce);
    client.send(produce("t", 0, batch), 9);
    client.send(metadata("t"), 9);
    CHECK(client.receive_frame() == ending::silent);
    CHECK(cluster.end_offset("t", 0) == 0);
    CHECK(cluster.request_count(api::metadata) == 0);
    raw_client other{cluster.port(1)};
    CHECK(only(other.ask(produce("t", 0, batch), 9)).error_code == 0);
}

TEST_CASE("a dropped answer leaves the effect") {
    broker cluster;
    cluster.create_topic("t");
    raw_client client{cluster.port(1), 100ms};
    cluster.drop_answer_next(api::produce);
    client.send(produce("t", 0, batch_of(1)), 9);
    CHECK(client.receive_frame() == ending::silent);
    CHECK(cluster.end_offset("t", 0) == 1);
}

TEST_CASE("a delayed request takes effect after its delay, a delayed answer before it") {
    broker cluster;
    cluster.create_topic("t");
    const std::string batch = batch_of(1);
    raw_client client{cluster.port(1)};
    const auto timed = [&] {
        const auto start = std::chrono::steady_clock::now();
        static_cast<void>(client.receive<protocol::produce_response>(9));
        return std::chrono::steady_clock::now() - start;
    };
    cluster.delay_next(api::produce, 200ms);
    client.send(produce("t", 0, batch), 9);
    REQUIRE(cluster.wait_for_requests(api::produce, 1, 2s));
    CHECK(cluster.end_offset("t", 0) == 0);
    CHECK(timed() > 100ms);
    CHECK(cluster.end_offset("t", 0) == 1);
    request_action late;
    late.delay_answer = 200ms;
    cluster.next(api::produce, late);
    client.send(produce("t", 0, batch), 9);
    REQUIRE(cluster.wait_for_requests(api::produce, 2, 2s));
    CHECK(cluster.end_offset("t", 0) == 2);
    CHECK(timed() > 100ms);
}

TEST_CASE("throttle times stand in the answers") {
    broker cluster;
    cluster.create_topic("t");
    raw_client client{cluster.port(1)};
    cluster.throttle_next(api::any, 1500ms, 3);
    CHECK(client.ask(produce("t", 0, batch_of(1)), 9).throttle_time_ms == 1500);
    CHECK(client.ask(fetch("t", 0, 0), 12).throttle_time_ms == 1500);
    CHECK(client.ask(metadata("t"), 9).throttle_time_ms == 1500);
    CHECK(client.ask(metadata("t"), 9).throttle_time_ms == 0);
}

TEST_CASE("a closed request has no effect") {
    broker cluster;
    cluster.create_topic("t");
    raw_client client{cluster.port(1)};
    cluster.close_next(api::produce);
    client.send(produce("t", 0, batch_of(1)), 9);
    CHECK(client.receive_frame() == ending::closed);
    CHECK(cluster.end_offset("t", 0) == 0);
    CHECK(cluster.connection_count() == 0);
}

TEST_CASE("answers can be edited on their way") {
    broker cluster;
    raw_client client{cluster.port(1)};
    request_action edit;
    edit.edit_answer = [](std::string& frame) {
        frame[3] = static_cast<char>(frame[3] + 2);
        frame += "!!";
    };
    cluster.next(api::metadata, edit);
    client.send(metadata("t"), 1);
    REQUIRE(client.receive_frame() == ending::answered);
    CHECK(client.frame().substr(client.frame().size() - 2) == "!!");
}

TEST_CASE("a hook sees each request and decides on it") {
    broker cluster;
    cluster.create_topic("t");
    raw_client client{cluster.port(1)};
    std::vector<request_record> seen;
    cluster.on_request([&](const request_record& request) -> std::optional<request_action> {
        seen.push_back(request);
        request_action action;
        if (request.api == api::produce) action.error = broker_errc::request_timed_out;
        return action;
    });
    CHECK(only(client.ask(produce("t", 0, batch_of(1)), 9)).error_code ==
          number(broker_errc::request_timed_out));
    CHECK(only(client.ask(fetch("t", 0, 0), 12)).error_code == 0);
    cluster.on_request({});
    CHECK(only(client.ask(produce("t", 0, batch_of(1)), 9)).error_code == 0);
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].version == 9);
    CHECK(seen[0].correlation_id == 1);
    CHECK(seen[0].client_id == "raw");
    CHECK(seen[0].targets == std::vector<request_target>{{"t", 0}});
    CHECK(seen[1].targets == std::vector<request_target>{{"t", 0}});
}

TEST_CASE("a hook may use the cluster's controls, even kill the node that asks it") {
    broker cluster{{.nodes = 2}};
    cluster.create_topic("t");
    raw_client client{cluster.port(1)};
    cluster.on_request([&](const request_record& request) -> std::optional<request_action> {
        cluster.kill_node(request.node);
        return std::nullopt;
    });
    client.send(produce("t", 0, batch_of(1)), 9);
    CHECK(client.receive_frame() == ending::closed);
    CHECK(cluster.end_offset("t", 0) == 0);
}

TEST_CASE("the request log tells what came, when, to whom, over which connection") {
    broker cluster{{.nodes = 2}};
    cluster.create_topic("t", 2);
    raw_client first{cluster.port(1)};
    static_cast<void>(first.ask(metadata("t"), 9));
    raw_client second{cluster.port(2)};
    static_cast<void>(second.ask(list_offsets("t", 1, -1), 6));
    const auto all = cluster.requests();
    REQUIRE(all.size() == 2);
    CHECK(all[0].api == api::metadata);
    CHECK(all[0].connection == 1);
    CHECK(all[1].node == 2);
    CHECK(all[1].connection == 2);
    CHECK(all[1].time >= all[0].time);
    CHECK(all[1].targets == std::vector<request_target>{{"t", 1}});
    CHECK(cluster.request_count(api::any, 2) == 1);
    CHECK(cluster.requests(api::metadata).size() == 1);
    CHECK(cluster.connection_count() == 2);
    CHECK(cluster.accepted_count(2) == 1);
    cluster.clear_requests();
    CHECK(cluster.request_count() == 0);
    CHECK_FALSE(cluster.wait_for_requests(api::any, 1, 1ms));
}

TEST_CASE("the request log can tell what each request says, but for its secrets") {
    broker cluster{{.print_requests = true}};
    raw_client client{cluster.port(1)};
    client.ask(metadata("orders"), 9);
    protocol::sasl_authenticate_request secret;
    secret.auth_bytes = bytes_view{"\0user\0pencil", 12};
    client.send(secret, 2);
    static_cast<void>(client.receive_frame()); // whatever becomes of it
    const auto requests = cluster.requests();
    REQUIRE(requests.size() == 2);
    CHECK(requests[0].text.starts_with(R"(MetadataRequest v9 {"topics":[{"name":"orders"}])"));
    CHECK(requests[1].text == R"(SaslAuthenticateRequest v2 {"authBytes":"***"})");
    broker silent;
    raw_client other{silent.port(1)};
    other.ask(metadata("orders"), 9);
    CHECK(silent.requests().at(0).text.empty());
}
