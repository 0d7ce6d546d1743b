// SPDX-License-Identifier: BSL-1.0
#include "protocol/printer.hpp"
#include "base/base64.hpp"
#include "json.hpp"
#include "protocol/any_message.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"
#include "whole_frame.hpp"

#include <kasio/messages/config.hpp>
#include <kasio/messages/group.hpp>
#include <kasio/messages/metadata.hpp>
#include <kasio/messages/quota.hpp>
#include <kasio/messages/sasl.hpp>
#include <kasio/messages/scram_user.hpp>

#include <limits>
#include <set>

using namespace kasio;
using namespace kasio::protocol;
using kasio_test::bytes_of;
using kasio_test::from_hex;

TEST_CASE("a body prints as one line with Kafka's names") {
    const std::string body = from_hex("0000000100016100");
    CHECK(print_body(3, message_kind::request, 4, bytes_of(body)) ==
          R"(MetadataRequest v4 {"topics":[{"name":"a"}],"allowAutoTopicCreation":false})");
}

TEST_CASE("what cannot be printed says why") {
    CHECK(print_body(3, message_kind::request, 99, {}) == "MetadataRequest v99 unknown version");
    CHECK(print_body(999, message_kind::response, 1, {}) == "api 999 v1, unknown");
    CHECK(print_body(3, message_kind::request, 4, {}) ==
          "MetadataRequest v4 " + make_error_code(errc::malformed_response).message());
}

TEST_CASE("secrets are masked unless all is asked for") {
    sasl_authenticate_request request;
    request.auth_bytes = "user\0secret";
    printer masked{2, {}};
    print_message(masked, request);
    CHECK(masked.text() == R"({"authBytes":"***"})");
    printer open{2, print_all};
    print_message(open, request);
    CHECK(open.text() == R"({"authBytes":"dXNlcg=="})");
}

TEST_CASE("every field that may hold a secret is masked, null or not") {
    // Whatever Kafka's messages have of passwords, tokens and their digests, and values of settings on their
    // way to a broker, some of which are passwords. Back come only those that are none.
    const std::set<std::pair<std::string, std::string>> secrets{
        {"SaslAuthenticateRequest", "AuthBytes"},
        {"SaslAuthenticateResponse", "AuthBytes"},
        {"AlterUserScramCredentialsRequest", "Salt"},
        {"AlterUserScramCredentialsRequest", "SaltedPassword"},
        {"CreateDelegationTokenResponse", "Hmac"},
        {"RenewDelegationTokenRequest", "Hmac"},
        {"ExpireDelegationTokenRequest", "Hmac"},
        {"DescribeDelegationTokenResponse", "Hmac"},
        {"AlterConfigsRequest", "Value"},
        {"IncrementalAlterConfigsRequest", "Value"},
    };
    std::set<std::pair<std::string, std::string>> masked;
    for (const message_type& type : message_types()) {
        for (const outline_row& row : type.make()->outline()) {
            const std::string name = row.name;
            if (row.words.is_secret) masked.emplace(type.name, name);
            const bool suspicious = name.find("Password") != name.npos || name.find("Hmac") != name.npos ||
                                    name.find("Salt") != name.npos || name.find("AuthBytes") != name.npos ||
                                    name.find("Secret") != name.npos || name.find("Credential") != name.npos;
            INFO(type.name << ' ' << name);
            if (suspicious && !row.type.ends_with("struct")) CHECK(row.words.is_secret);
        }
    }
    CHECK(masked == secrets);
    alter_configs_request request;
    request.resources.emplace_back().configs.emplace_back().value.reset();
    printer null{2, {}};
    print_message(null, request);
    CHECK(null.text().find(R"("value":"***")") != std::string::npos);
}

TEST_CASE("no part of a random message's secrets is in its line") {
    std::uint64_t seed = 4'000'000;
    for (int i = 0; i < 200; ++i) {
        random_filler filler{++seed, 0};
        alter_user_scram_credentials_request request;
        fill_message(filler, request);
        printer masked{0, {}};
        print_message(masked, request);
        printer open{0, print_all};
        print_message(open, request);
        for (const auto& each : request.upsertions) {
            if (each.salted_password.size() < 4) continue;
            CHECK(open.text().find(to_base64(each.salted_password)) != std::string::npos);
            CHECK(masked.text().find(to_base64(each.salted_password)) == std::string::npos);
            CHECK(masked.text().find(each.salted_password.view()) == std::string::npos);
        }
    }
}

TEST_CASE("long bytes are counted, and text is quoted as JSON wants it") {
    const std::string body =
        from_hex("0001 00000001 00000001 0003225c0a 00000001 00000000 00000041") + std::string(65, 'r');
    CHECK(print_body(0, message_kind::request, 2, bytes_of(body)) ==
          R"(ProduceRequest v2 {"acks":1,"timeoutMs":1,"topicData":[{"name":"\"\\\u000a",)"
          R"("partitionData":[{"index":0,"records":"<65 bytes>"}]}]})");
}

TEST_CASE("nothing in a text gets at a terminal or at the reader of a log") {
    heartbeat_request request;
    const auto line = [&](std::string text) {
        request.group_id = std::move(text);
        printer codec{0, {}};
        print_message(codec, request);
        const std::string start = R"({"groupId":")";
        const std::string end = R"(","generationId":0,"memberId":""})";
        REQUIRE(codec.text().starts_with(start));
        REQUIRE(codec.text().ends_with(end));
        return codec.text().substr(start.size(), codec.text().size() - start.size() - end.size());
    };
    CHECK(line("caf\u00e9 \u4e16 \U0001f600") == "caf\u00e9 \u4e16 \U0001f600");
    CHECK(line("\x1b[2J\r\n\x7f") == R"(\u001b[2J\u000d\u000a\u007f)");
    CHECK(line("\xc2\x85\xc2\x9b"
               "2J") == R"(\u0085\u009b2J)");             // controls of eight bits
    CHECK(line("a\u2028b\u2029") == R"(a\u2028b\u2029)"); // ends of lines, for some
    CHECK(line("a\xff\xc3(\xe4\xb8") == R"(a\ufffd\ufffd(\ufffd\ufffd)");
    CHECK(line(std::string("\0", 1)) == R"(\u0000)");
}

TEST_CASE("a line stays short whatever a message holds") {
    heartbeat_request request;
    request.group_id = std::string(255, 'g') + "\u00e9" + std::string(30'000, 'h');
    printer text{0, {}};
    print_message(text, request);
    // Cut before the character that does not fit.
    CHECK(text.text().find(std::string(255, 'g') + "<30002 more>\"") != std::string::npos);

    metadata_response metadata;
    metadata.brokers.resize(100'000);
    for (auto& topic : metadata.topics = decltype(metadata.topics)(1000)) topic.partitions.resize(100);
    printer many{9, {}};
    print_message(many, metadata);
    CHECK(many.text().size() < 20'000);
    CHECK(many.text().find(R"("topics":["<1000 more>"])") != std::string::npos);
    CHECK_NOTHROW(kasio_test::require_json(many.text()));
    printer all{9, print_all};
    print_message(all, metadata);
    CHECK(all.text().size() > 1'000'000);
}

TEST_CASE("numbers that JSON has no word for are texts") {
    describe_client_quotas_response response;
    auto& values = response.entries.emplace().emplace_back().values;
    for (const double value :
         {std::numeric_limits<double>::quiet_NaN(), -std::numeric_limits<double>::infinity(), 2.5})
        values.emplace_back().value = value;
    printer codec{0, {}};
    print_message(codec, response);
    CHECK_NOTHROW(kasio_test::require_json(codec.text()));
    for (const char* word : {R"("value":"NaN")", R"("value":"-Infinity")", R"("value":2.5)"})
        CHECK(codec.text().find(word) != std::string::npos);
}
