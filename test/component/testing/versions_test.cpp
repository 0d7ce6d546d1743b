// SPDX-License-Identifier: BSL-1.0
#include "component/testing/raw_client.hpp"
#include "component/testing/requests.hpp"
#include "support/catch.hpp"
#include "testing/version_table.hpp"

using namespace kasio;
using namespace kasio::testing;

namespace {

protocol::api_versions_request asking() {
    protocol::api_versions_request request;
    request.client_software_name = "raw";
    request.client_software_version = "1.0";
    return request;
}

const protocol::api_versions_response::api_version* find(const protocol::api_versions_response& response,
                                                         api which) {
    for (const auto& shown : response.api_keys)
        if (shown.api_key == static_cast<std::int16_t>(which)) return &shown;
    return nullptr;
}

} // namespace

TEST_CASE("ApiVersions tells what is served, in every version") {
    broker cluster;
    raw_client client{cluster.port(1)};
    for (std::int16_t version = 0; version <= 5; ++version) {
        const auto response = client.ask(asking(), version);
        INFO("version " << version);
        CHECK(response.error_code == 0);
        CHECK(response.api_keys.size() == version_table::served().size());
        REQUIRE(find(response, api::fetch) != nullptr);
        CHECK(find(response, api::fetch)->min_version == 4);
        CHECK(find(response, api::fetch)->max_version == 18);
    }
}

TEST_CASE("an ApiVersions version that is not served is refused in version 0 with its own range") {
    broker cluster;
    cluster.set_versions(api::api_versions, 0, 2);
    raw_client client{cluster.port(1)};
    client.send(asking(), 3);
    REQUIRE(client.receive_frame() == raw_client::ending::answered);
    // Correlation id, error 35, one entry of six bytes: nothing else, as version 0 has it.
    CHECK(client.frame().size() == 4 + 2 + 4 + 6);
    const auto response = client.decode<protocol::api_versions_response>(3);
    CHECK(response.error_code == number(broker_errc::unsupported_version));
    REQUIRE(response.api_keys.size() == 1);
    CHECK(find(response, api::api_versions)->max_version == 2);
    CHECK(client.ask(asking(), 2).error_code == 0);
}

TEST_CASE("a client without a proper name is refused") {
    broker cluster;
    raw_client client{cluster.port(1)};
    auto request = asking();
    request.client_software_name = "-raw";
    CHECK(client.ask(request, 3).error_code == number(broker_errc::invalid_request));
}

TEST_CASE("a client that believes to talk to another broker is told to start again") {
    broker cluster{{.nodes = 2}};
    raw_client client{cluster.port(1)};
    auto request = asking();
    request.cluster_id = cluster.cluster_id();
    request.node_id = 1;
    CHECK(client.ask(request, 5).error_code == 0);
    request.node_id = 2;
    CHECK(client.ask(request, 5).error_code == number(broker_errc::rebootstrap_required));
}

TEST_CASE("what is not offered closes the connection") {
    broker cluster{{.nodes = 2}};
    cluster.set_versions(api::metadata, 1, 4);
    cluster.set_versions(api::init_producer_id, 0, -1, 2);
    SECTION("a version above the bound") {
        raw_client client{cluster.port(1)};
        CHECK(client.ask(metadata("t"), 4).brokers.size() == 2);
        client.send(metadata("t"), 5);
        CHECK(client.receive_frame() == raw_client::ending::closed);
    }
    SECTION("an api that was withdrawn on that node") {
        protocol::init_producer_id_request request;
        request.transactional_id.reset();
        raw_client first{cluster.port(1)};
        CHECK(first.ask(request, 4).error_code == 0);
        raw_client second{cluster.port(2)};
        CHECK(find(second.ask(asking(), 3), api::init_producer_id) == nullptr);
        second.send(request, 4);
        CHECK(second.receive_frame() == raw_client::ending::closed);
    }
    SECTION("a body that makes no sense") {
        raw_client client{cluster.port(1)};
        client.send_bytes(std::string{"\0\0\0\x0b\0\x03\0\x04\0\0\0\x01\0\0\xff", 15});
        CHECK(client.receive_frame() == raw_client::ending::closed);
    }
    SECTION("a length that no request has") {
        raw_client client{cluster.port(1)};
        client.send_bytes("GET / HTTP/1.1\r\n\r\n");
        CHECK(client.receive_frame() == raw_client::ending::closed);
    }
}
