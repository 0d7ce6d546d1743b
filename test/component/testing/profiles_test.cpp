// SPDX-License-Identifier: BSL-1.0
// Nodes that present themselves as some release.
#include "component/testing/raw_client.hpp"
#include "component/testing/requests.hpp"
#include "support/catch.hpp"

using namespace kasio;
using namespace kasio::testing;

namespace {

protocol::api_versions_request asking() {
    protocol::api_versions_request request;
    request.client_software_name = "raw";
    request.client_software_version = "1.0";
    return request;
}

/// The highest offered version; -1 when the api is not offered.
std::int16_t highest(const protocol::api_versions_response& response, api which) {
    for (const auto& shown : response.api_keys)
        if (shown.api_key == static_cast<std::int16_t>(which)) return shown.max_version;
    return -1;
}

} // namespace

TEST_CASE("profiles have names") {
    for (const auto profile :
         {version_profile::latest, version_profile::kafka_0_11, version_profile::kafka_1_1,
          version_profile::kafka_2_8, version_profile::kafka_3_9, version_profile::kafka_4_4,
          version_profile::redpanda}) {
        CHECK(version_profile_of(name_of(profile)) == profile);
    }
    CHECK(version_profile_of("0.11") == version_profile::kafka_0_11);
    CHECK_FALSE(version_profile_of("0.10"));
}

TEST_CASE("each profile offers what that release offers") {
    struct row {
        version_profile profile;
        std::int16_t asked, produce, fetch, metadata, list_offsets, init_producer_id;
    };
    // From the releases' own ApiVersions answers.
    const row rows[] = {
        {version_profile::kafka_0_11, 1, 3, 5, 4, 2, 0},    {version_profile::kafka_1_1, 1, 5, 7, 5, 2, 0},
        {version_profile::kafka_2_8, 3, 9, 12, 11, 6, 4},   {version_profile::kafka_3_9, 4, 11, 17, 12, 9, 5},
        {version_profile::kafka_4_4, 5, 13, 18, 13, 11, 5}, {version_profile::redpanda, 3, 7, 11, 8, 4, 3},
    };
    for (const auto& row : rows) {
        CAPTURE(name_of(row.profile));
        broker cluster{{.profile = row.profile}};
        raw_client client{cluster.port(1)};
        const auto offered = client.ask(asking(), row.asked);
        CHECK(offered.error_code == 0);
        CHECK(highest(offered, api::api_versions) == row.asked);
        CHECK(highest(offered, api::produce) == row.produce);
        CHECK(highest(offered, api::fetch) == row.fetch);
        CHECK(highest(offered, api::metadata) == row.metadata);
        CHECK(highest(offered, api::list_offsets) == row.list_offsets);
        CHECK(highest(offered, api::init_producer_id) == row.init_producer_id);
        if (row.metadata == 13) continue; // our own codec knows no higher one
        client.send(metadata("t"), static_cast<std::int16_t>(row.metadata + 1));
        CHECK(client.receive_frame() == raw_client::ending::closed);
    }
}

TEST_CASE("an unknown version of ApiVersions is refused as that release refuses it") {
    const auto refused_by = [](version_profile profile, std::int16_t version) {
        broker cluster{{.profile = profile}};
        raw_client client{cluster.port(1)};
        client.send(asking(), version);
        REQUIRE(client.receive_frame() == raw_client::ending::answered);
        auto response = client.decode<protocol::api_versions_response>(version);
        CHECK(response.error_code == number(broker_errc::unsupported_version));
        return response;
    };
    CHECK(refused_by(version_profile::kafka_0_11, 3).api_keys.empty());
    CHECK(refused_by(version_profile::kafka_1_1, 2).api_keys.empty());
    CHECK(refused_by(version_profile::kafka_2_8, 4).api_keys.size() == 1);
    CHECK(refused_by(version_profile::kafka_3_9, 5).api_keys.size() == 1);
    const auto mixed = refused_by(version_profile::redpanda, 4);
    CHECK(highest(mixed, api::api_versions) == 3);
    CHECK(highest(mixed, api::produce) == 7);
}

TEST_CASE("a node changes its profile while it runs: its connections end, those of others do not") {
    broker cluster{{.nodes = 2, .profile = version_profile::kafka_2_8}};
    raw_client first{cluster.port(1)};
    raw_client second{cluster.port(2)};
    CHECK(highest(first.ask(asking(), 3), api::fetch) == 12);
    CHECK(highest(second.ask(asking(), 3), api::fetch) == 12);
    cluster.set_profile(version_profile::kafka_4_4, 1);
    CHECK(first.receive_frame() == raw_client::ending::closed);
    CHECK(highest(second.ask(asking(), 3), api::fetch) == 12);
    raw_client again{cluster.port(1)};
    CHECK(highest(again.ask(asking(), 3), api::fetch) == 18);
    cluster.set_versions(api::fetch, 0, 15);
    CHECK(highest(again.ask(asking(), 3), api::fetch) == 15);
    CHECK(highest(second.ask(asking(), 3), api::fetch) == 12);
}
