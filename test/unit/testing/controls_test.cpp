// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include "testing/controls.hpp"
#include "testing/metadata_view.hpp"
#include "testing/request_log.hpp"
#include "testing/version_table.hpp"

using namespace kasio::testing;
using kasio::broker_errc;

namespace {

request_record seen(api which, int node = 1) {
    request_record record;
    record.api = which;
    record.node = node;
    return record;
}

request_action failing(broker_errc error) {
    request_action action;
    action.error = error;
    return action;
}

} // namespace

TEST_CASE("a rule fits its api and node, and is used up after its count") {
    controls rules;
    rules.add(api::fetch, 2, failing(broker_errc::corrupt_message), 2);
    CHECK(is_plain(rules.decide(seen(api::produce, 2))));
    CHECK(is_plain(rules.decide(seen(api::fetch, 1))));
    CHECK(rules.decide(seen(api::fetch, 2)).error == broker_errc::corrupt_message);
    CHECK(rules.decide(seen(api::fetch, 2)).error == broker_errc::corrupt_message);
    CHECK(is_plain(rules.decide(seen(api::fetch, 2))));
}

TEST_CASE("rules are tried in the order in which they came") {
    controls rules;
    rules.add(api::any, any_node, failing(broker_errc::corrupt_message), 1);
    rules.add(api::fetch, any_node, failing(broker_errc::request_timed_out), 1);
    CHECK(rules.decide(seen(api::fetch)).error == broker_errc::corrupt_message);
    CHECK(rules.decide(seen(api::fetch)).error == broker_errc::request_timed_out);
    rules.add(api::any, any_node, failing(broker_errc::corrupt_message), 0);
    CHECK(is_plain(rules.decide(seen(api::fetch))));
}

TEST_CASE("a hook wins over rules when it wants something and leaves them alone when not") {
    controls rules;
    rules.add(api::fetch, any_node, failing(broker_errc::corrupt_message), 1);
    rules.set_hook([](const request_record& request) -> std::optional<request_action> {
        if (request.api == api::fetch) return failing(broker_errc::request_timed_out);
        return std::nullopt;
    });
    CHECK(rules.decide(seen(api::fetch)).error == broker_errc::request_timed_out);
    CHECK(is_plain(rules.decide(seen(api::metadata))));
    rules.set_hook(nullptr);
    CHECK(rules.decide(seen(api::fetch)).error == broker_errc::corrupt_message);
}

TEST_CASE("a request is cut when enough of it has come") {
    controls rules;
    rules.add_request_cut(api::produce, 50, any_node, 1);
    CHECK_FALSE(rules.draw_request_cut(api::produce, 1, 49));
    CHECK_FALSE(rules.draw_request_cut(api::fetch, 1, 60));
    CHECK(rules.draw_request_cut(api::produce, 1, 50));
    CHECK_FALSE(rules.draw_request_cut(api::produce, 1, 50));
}

TEST_CASE("a connection draws a cut of its node once") {
    controls rules;
    rules.add_connection_cut(cut_side::answer, 10, 2, 1);
    CHECK_FALSE(rules.draw_connection_cut(1));
    const auto cut = rules.draw_connection_cut(2);
    REQUIRE(cut);
    CHECK(cut->bytes == 10);
    CHECK_FALSE(rules.draw_connection_cut(2));
}

TEST_CASE("the request log forgets the oldest requests but not how many there were") {
    request_log log{2};
    log.add(seen(api::fetch, 1));
    log.add(seen(api::fetch, 2));
    log.add(seen(api::produce, 2));
    CHECK(log.list(api::any, any_node).size() == 2);
    CHECK(log.list(api::fetch, any_node).size() == 1);
    CHECK(log.count(api::any, any_node) == 3);
    CHECK(log.count(api::fetch, any_node) == 2);
    CHECK(log.count(api::any, 2) == 2);
    log.clear();
    CHECK(log.count(api::any, any_node) == 0);
}

TEST_CASE("bounds cut the served versions down, per node or for all") {
    version_table versions;
    versions.bound(api::fetch, 0, 11, any_node);
    CHECK(versions.range(api::fetch, 1) == version_range{4, 11});
    versions.bound(api::fetch, 5, 7, 2);
    CHECK(versions.range(api::fetch, 1) == version_range{4, 11});
    CHECK(versions.range(api::fetch, 2) == version_range{5, 7});
    versions.bound(api::fetch, 4, 18, any_node);
    CHECK(versions.range(api::fetch, 2) == version_range{4, 18});
    versions.bound(api::init_producer_id, 0, -1, any_node);
    CHECK(versions.range(api::init_producer_id, 1).empty());
    CHECK(versions.range(static_cast<api>(1234), 1).empty());
}

TEST_CASE("Produce is offered from version 0 on, as Kafka 4 does, but not served below 3") {
    version_table versions;
    CHECK(versions.offered(api::produce, 1) == version_range{0, 13});
    CHECK(versions.range(api::produce, 1) == version_range{3, 13});
    versions.bound(api::produce, 3, 7, any_node);
    CHECK(versions.offered(api::produce, 1) == version_range{3, 7});
}

TEST_CASE("what metadata shows instead of the truth ends after its answers") {
    metadata_view view;
    CHECK_FALSE(view.draw_no_brokers());
    view.hide_brokers(1);
    CHECK(view.draw_no_brokers());
    CHECK_FALSE(view.draw_no_brokers());
    view.show_leader("t", 0, {2, 5}, 2);
    CHECK_FALSE(view.draw_leader("t", 1));
    CHECK(view.draw_leader("t", 0)->epoch == 5);
    CHECK(view.draw_leader("t", 0)->node == 2);
    CHECK_FALSE(view.draw_leader("t", 0));
    view.hide_topic("t", 1);
    CHECK(view.draw_no_topic("t"));
    CHECK_FALSE(view.draw_no_topic("t"));
}
