// SPDX-License-Identifier: BSL-1.0
// Who coordinates what, as far as it is known.
#include "cluster/coordinator_cache.hpp"

#include "support/catch.hpp"

using namespace kasio;

namespace {

const coordinator_cache::name billing{coordinator_kind::group, "billing"};
const coordinator_cache::name same_key{coordinator_kind::transaction, "billing"};

protocol::find_coordinator_response in_a_list(const char* key, std::int32_t node, std::int32_t port) {
    protocol::find_coordinator_response answer;
    auto& said = answer.coordinators.emplace_back();
    said.key = key;
    said.node_id = node;
    said.host = "kafka";
    said.port = port;
    return answer;
}

} // namespace

TEST_CASE("a group and a transactional id of the same name have coordinators of their own", "[G2]") {
    coordinator_cache cache;
    CHECK(cache.find(billing) == -1);
    cache.store(billing, 1);
    cache.store(same_key, 2);
    CHECK(cache.find(billing) == 1);
    CHECK(cache.find(same_key) == 2);
    cache.forget(billing, -1);
    CHECK(cache.find(billing) == -1);
    CHECK(cache.find(same_key) == 2);
}

TEST_CASE("who was turned away late does not make the new coordinator forgotten", "[G2]") {
    coordinator_cache cache;
    cache.store(billing, 1);
    cache.store(billing, 2); // somebody has asked anew meanwhile
    cache.forget(billing, 1);
    CHECK(cache.find(billing) == 2);
    cache.forget(billing, 2);
    CHECK(cache.find(billing) == -1);
}

TEST_CASE("the key is asked for alone or in a list, as the broker takes it") {
    const auto old = about_coordinator(same_key, false);
    CHECK(old.key == "billing");
    CHECK(old.key_type == 1);
    CHECK(old.coordinator_keys.empty());
    const auto recent = about_coordinator(billing, true);
    CHECK(recent.key.empty());
    CHECK(recent.key_type == 0);
    CHECK(recent.coordinator_keys == std::vector<std::string>{"billing"});
}

TEST_CASE("an answer without a broker that can be connected to is no success", "[G2]") {
    CHECK(coordinator_in(in_a_list("billing", 3, 9092), "billing", true).node == 3);
    CHECK_FALSE(coordinator_in(in_a_list("billing", 3, 9092), "billing", true).error);
    CHECK(coordinator_in(in_a_list("other", 3, 9092), "billing", true).error == errc::malformed_response);
    const error_code none = broker_errc::coordinator_not_available;
    CHECK(coordinator_in(in_a_list("billing", -1, 9092), "billing", true).error == none);
    CHECK(coordinator_in(in_a_list("billing", 3, 0), "billing", true).error == none);
    CHECK(coordinator_in(in_a_list("billing", 3, 70'000), "billing", true).error == none);
    protocol::find_coordinator_response old;
    CHECK(coordinator_in(old, "billing", false).error == none); // no host
    old.host = "kafka";
    old.node_id = 5;
    old.port = 9092;
    CHECK(coordinator_in(old, "billing", false).node == 5);
    old.error_code = 30;
    CHECK(coordinator_in(old, "billing", false).error == broker_errc::group_authorization_failed);
}
