// SPDX-License-Identifier: BSL-1.0
#include "net/capabilities.hpp"

#include "protocol/api_table.hpp"
#include "support/catch.hpp"
#include "testing/version_profiles.hpp"

#include <array>
#include <set>

using namespace kasio;
using testing::version_profile;

namespace {

protocol::api_versions_response answer_of(version_profile profile) {
    protocol::api_versions_response answer;
    for (const protocol::api_row& row : protocol::api_table()) {
        const auto range = testing::offered_by(profile, row.key);
        if (range.empty()) continue;
        auto& one = answer.api_keys.emplace_back();
        one.api_key = row.key;
        one.min_version = range.min;
        one.max_version = range.max;
    }
    return answer;
}

api_versions offering(std::initializer_list<std::array<std::int16_t, 2>> highest) {
    protocol::api_versions_response answer;
    for (const auto& [key, max] : highest) {
        auto& one = answer.api_keys.emplace_back();
        one.api_key = key;
        one.max_version = max;
    }
    return api_versions{answer};
}

finalized_features features(std::int64_t epoch, std::int16_t transactions) {
    protocol::api_versions_response answer;
    answer.finalized_features_epoch = epoch;
    auto& one = answer.finalized_features.emplace_back();
    one.name = "transaction.version";
    one.max_version_level = transactions;
    return finalized_features{answer};
}

using names = std::set<std::string_view>;

names all_of(const api_versions& broker) {
    names found;
    for (int i = 0; i < capability_count; ++i) {
        const auto what = static_cast<capability>(i);
        if (has(broker, what)) found.insert(name_of(what));
    }
    return found;
}

names operator+(names a, const names& b) {
    a.insert(b.begin(), b.end());
    return a;
}

} // namespace

TEST_CASE("what each release can do follows from the versions that it offers") {
    const names in_0_11{"idempotence"};
    const names in_2_8 = in_0_11 + names{"produce zstd",         "fetch zstd",     "record errors",
                                         "leader hint at fetch", "epoch bump",     "static membership",
                                         "required member id",   "follower fetch", "truncation detection",
                                         "stable offsets"};
    const names in_3_9 =
        in_2_8 + names{"fetch by id",       "leader hint at produce",     "leader address at fetch",
                       "consumer protocol", "batched coordinator lookup", "batched offset fetch"};
    const names in_4_4 = in_3_9 + names{"produce by id", "share groups", "share renewal"};
    CHECK(all_of(api_versions{answer_of(version_profile::kafka_0_11)}) == in_0_11);
    CHECK(all_of(api_versions{answer_of(version_profile::kafka_1_1)}) == in_0_11);
    CHECK(all_of(api_versions{answer_of(version_profile::kafka_2_8)}) == in_2_8);
    CHECK(all_of(api_versions{answer_of(version_profile::kafka_3_9)}) == in_3_9);
    CHECK(all_of(api_versions{answer_of(version_profile::kafka_4_4)}) == in_4_4);
    // An old set with new parts: each capability for itself, none by release.
    const auto redpanda = all_of(api_versions{answer_of(version_profile::redpanda)});
    CHECK(redpanda.count("produce zstd") == 1);
    CHECK(redpanda.count("follower fetch") == 1);
    CHECK(redpanda.count("record errors") == 0);
    CHECK(redpanda.count("fetch by id") == 0);
    CHECK(redpanda.count("consumer protocol") == 0);
    CHECK(all_of(api_versions{}).empty());
}

TEST_CASE("each gate needs its version, and all that it names", "[C13]") {
    const auto gate = [](capability what, std::int16_t key, std::int16_t version) {
        INFO(name_of(what));
        CHECK(has(offering({{key, version}}), what));
        CHECK_FALSE(has(offering({{key, static_cast<std::int16_t>(version - 1)}}), what));
    };
    gate(capability::produce_zstd, 0, 7);
    gate(capability::fetch_zstd, 1, 10);
    gate(capability::record_errors, 0, 8);
    gate(capability::leader_hint_at_produce, 0, 10);
    gate(capability::leader_hint_at_fetch, 1, 12);
    gate(capability::leader_address_at_fetch, 1, 16);
    gate(capability::idempotence, 22, 0);
    gate(capability::epoch_bump, 22, 3);
    gate(capability::required_member_id, 11, 4);
    gate(capability::follower_fetch, 1, 11);
    gate(capability::truncation_detection, 23, 3);
    gate(capability::stable_offsets, 9, 7);
    gate(capability::consumer_protocol, 68, 0);
    gate(capability::batched_coordinator_lookup, 10, 4);
    gate(capability::batched_offset_fetch, 9, 8);

    CHECK(has(offering({{1, 13}, {3, 10}}), capability::fetch_by_id));
    CHECK_FALSE(has(offering({{1, 13}, {3, 9}}), capability::fetch_by_id));
    CHECK_FALSE(has(offering({{1, 12}, {3, 10}}), capability::fetch_by_id));
    CHECK(has(offering({{0, 13}, {3, 10}}), capability::produce_by_id));
    CHECK_FALSE(has(offering({{0, 13}, {3, 9}}), capability::produce_by_id));
    CHECK(has(offering({{11, 5}, {8, 7}, {12, 3}, {14, 3}}), capability::static_membership));
    CHECK_FALSE(has(offering({{11, 5}, {8, 7}, {12, 3}}), capability::static_membership));
    CHECK_FALSE(has(offering({{11, 5}, {8, 6}, {12, 3}, {14, 3}}), capability::static_membership));
    CHECK(has(offering({{76, 1}, {78, 1}}), capability::share_groups));
    CHECK_FALSE(has(offering({{76, 0}, {78, 1}}), capability::share_groups)); // early access, another format
    CHECK(has(offering({{78, 2}, {79, 2}}), capability::share_renewal));
    CHECK_FALSE(has(offering({{78, 2}, {79, 1}}), capability::share_renewal));
}

TEST_CASE("transactions of version 2 need the cluster's word, which any broker may bring") {
    const auto new_broker = offering({{0, 12}, {26, 5}, {28, 5}});
    CHECK_FALSE(has(new_broker, capability::transactions_v2));
    CHECK(has(new_broker, capability::transactions_v2, features(3, 2)));
    CHECK_FALSE(has(new_broker, capability::transactions_v2, features(3, 1)));
    CHECK_FALSE(has(offering({{0, 11}, {26, 5}, {28, 5}}), capability::transactions_v2, features(3, 2)));
    CHECK_FALSE(has(offering({{0, 12}, {26, 4}, {28, 5}}), capability::transactions_v2, features(3, 2)));
}

TEST_CASE("the latest word on the cluster's features counts, whoever brings it") {
    finalized_features known;
    CHECK(known.epoch() == -1);
    CHECK(known.level("transaction.version") == 0);
    CHECK_FALSE(known.learn(features(-1, 9))); // a broker that knows of none
    CHECK(known.learn(features(4, 1)));
    CHECK(known.level("transaction.version") == 1);
    CHECK_FALSE(known.learn(features(3, 2))); // heard earlier, told later
    CHECK_FALSE(known.learn(features(4, 2)));
    CHECK(known.level("transaction.version") == 1);
    CHECK(known.learn(features(5, 2)));
    CHECK(known.level("transaction.version") == 2);
    CHECK(known.epoch() == 5);
}

TEST_CASE("a version can be pinned, for tests, among those that the broker offers") {
    auto broker = offering({{1, 16}, {3, 12}});
    constexpr protocol::api_info fetch{.key = 1, .versions = {4, 18}};
    CHECK(broker.pick(fetch) == 16);
    broker.pin(1, 10);
    CHECK(broker.pick(fetch) == 10);
    CHECK(has(broker, capability::fetch_zstd));
    CHECK_FALSE(has(broker, capability::follower_fetch));
    CHECK(broker.offered(3).max == 12);
    auto other = offering({{1, 16}});
    other.pin(1, 17);
    CHECK_FALSE(other.pick(fetch));
    other.pin(2, 1); // not offered at all
    CHECK(other.offered(2).empty());
}

TEST_CASE("who is silent for a throttle's time depends on the version of the answer") {
    CHECK_FALSE(client_throttles(0, 5));
    CHECK(client_throttles(0, 6));
    CHECK(client_throttles(1, 8));
    CHECK_FALSE(client_throttles(1, 7));
    CHECK_FALSE(client_throttles(17, 1)); // SaslHandshake has no such field
    CHECK_FALSE(client_throttles(-1, 0));
}
