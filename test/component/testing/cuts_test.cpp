// SPDX-License-Identifier: BSL-1.0
#include "component/testing/raw_client.hpp"
#include "component/testing/requests.hpp"
#include "support/catch.hpp"

using namespace kasio;
using namespace kasio::testing;
using ending = raw_client::ending;

TEST_CASE("an answer can be cut after any of its bytes, and its request has taken effect") {
    broker cluster;
    cluster.create_topic("t");
    const std::string batch = batch_of(1);
    raw_client whole{cluster.port(1)};
    static_cast<void>(whole.ask(produce("t", 0, batch), 9));
    const std::size_t size = whole.frame().size() + 4;
    for (std::size_t bytes = 0; bytes <= size; ++bytes) {
        INFO("after " << bytes << " bytes");
        request_action cut;
        cut.cut_answer_after = bytes;
        cluster.next(api::produce, cut);
        raw_client client{cluster.port(1)};
        client.send(produce("t", 0, batch), 9);
        CHECK(client.drain() == bytes);
        CHECK(cluster.end_offset("t", 0) == static_cast<std::int64_t>(bytes) + 2);
    }
}

TEST_CASE("a request can be cut after any of its bytes, and has no effect then") {
    broker cluster;
    cluster.create_topic("t");
    const std::string batch = batch_of(1);
    for (const std::size_t bytes : {6, 7, 20, 60, 100}) {
        INFO("after " << bytes << " bytes");
        cluster.cut_next_request(api::produce, bytes);
        raw_client client{cluster.port(1)};
        client.send(produce("t", 0, batch), 9);
        CHECK(client.receive_frame() == ending::closed);
        CHECK(cluster.end_offset("t", 0) == 0);
    }
    cluster.cut_next_request(api::produce, 100'000);
    raw_client client{cluster.port(1)};
    CHECK(only(client.ask(produce("t", 0, batch), 9)).error_code == 0);
}

TEST_CASE("the next connection can be cut after so many bytes of requests") {
    broker cluster;
    raw_client measure{cluster.port(1)};
    static_cast<void>(measure.ask(metadata("t"), 1));
    const std::size_t size = cluster.requests().at(0).size;
    cluster.cut_next_connection(cut_side::request, 2 * size + 1);
    raw_client client{cluster.port(1)};
    static_cast<void>(client.ask(metadata("t"), 1));
    static_cast<void>(client.ask(metadata("t"), 1));
    client.send(metadata("t"), 1);
    CHECK(client.receive_frame() == ending::closed);
    CHECK(cluster.request_count() == 3);
    raw_client next{cluster.port(1)};
    for (int i = 0; i < 4; ++i) static_cast<void>(next.ask(metadata("t"), 1));
}

TEST_CASE("the next connection can be cut after so many bytes of answers") {
    broker cluster;
    for (const std::size_t bytes : {0, 1, 10, 30, 200}) {
        INFO("after " << bytes << " bytes");
        cluster.cut_next_connection(cut_side::answer, bytes);
        raw_client client{cluster.port(1)};
        try {
            for (int i = 0; i < 10; ++i) client.send(metadata("t"), 1);
        } catch (const std::runtime_error&) {
            // The reset may come before all is sent.
        }
        CHECK(client.drain() == bytes);
    }
}

TEST_CASE("faults that were not used can be taken back") {
    broker cluster;
    cluster.create_topic("t");
    cluster.cut_next_connection(cut_side::request, 0, 5);
    cluster.cut_next_request(api::any, 6, 5);
    cluster.fail_next(api::any, broker_errc::request_timed_out, 5);
    cluster.hide_brokers(5);
    cluster.clear_faults();
    raw_client client{cluster.port(1)};
    CHECK(client.ask(metadata("t"), 9).brokers.size() == 1);
}
