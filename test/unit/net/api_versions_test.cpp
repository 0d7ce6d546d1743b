// SPDX-License-Identifier: BSL-1.0
#include "net/api_versions.hpp"

#include "support/catch.hpp"

#include <array>

using namespace kasio;

namespace {

api_versions offering(std::initializer_list<std::array<std::int16_t, 3>> ranges) {
    protocol::api_versions_response answer;
    for (const auto& range : ranges) {
        protocol::api_versions_response::api_version one;
        one.api_key = range[0];
        one.min_version = range[1];
        one.max_version = range[2];
        answer.api_keys.push_back(one);
    }
    return api_versions{answer};
}

constexpr protocol::api_info known{.key = 5, .versions = {2, 8}};

} // namespace

TEST_CASE("the highest common version is picked") {
    CHECK(offering({{9, 0, 1}, {5, 0, 6}, {1, 0, 3}}).pick(known) == 6);
    CHECK(offering({{5, 0, 20}}).pick(known) == 8);
    CHECK(offering({{5, 8, 20}}).pick(known) == 8);
    CHECK(offering({{5, 0, 2}}).pick(known) == 2);
}

TEST_CASE("nothing is picked where nothing overlaps") {
    CHECK_FALSE(api_versions{}.pick(known));
    CHECK_FALSE(offering({{4, 0, 9}, {6, 0, 9}}).pick(known));
    CHECK_FALSE(offering({{5, 9, 12}}).pick(known));
    CHECK_FALSE(offering({{5, 0, 1}}).pick(known));
    CHECK_FALSE(offering({{5, 7, 3}}).pick(known));
    CHECK_FALSE(offering({{5, -4, -1}}).pick(known));
}

TEST_CASE("a cap holds the version down, and may leave nothing") {
    CHECK(offering({{5, 0, 8}}).pick(known, 4) == 4);
    CHECK(offering({{5, 0, 3}}).pick(known, 4) == 3);
    CHECK_FALSE(offering({{5, 0, 8}}).pick(known, 1));
}

TEST_CASE("what the broker offers can be asked for") {
    const auto offered = offering({{5, 1, 7}});
    CHECK(offered.offered(5).min == 1);
    CHECK(offered.offered(5).max == 7);
    CHECK(offered.offered(6).empty());
}

TEST_CASE("finalized features are kept") {
    protocol::api_versions_response answer;
    answer.finalized_features_epoch = 12;
    protocol::api_versions_response::finalized_feature_key feature;
    feature.name = "transaction.version";
    feature.max_version_level = 2;
    answer.finalized_features.push_back(feature);
    const api_versions offered{answer};
    CHECK(offered.features().level("transaction.version") == 2);
    CHECK(offered.features().level("group.version") == 0);
    CHECK(offered.features().epoch() == 12);
    CHECK(api_versions{}.features().epoch() == -1);
}
