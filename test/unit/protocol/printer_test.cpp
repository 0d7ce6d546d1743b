// SPDX-License-Identifier: BSL-1.0
#include "protocol/any_message.hpp"
#include "protocol/printer.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"
#include "whole_frame.hpp"

#include <kasio/messages/sasl.hpp>

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

TEST_CASE("long bytes are counted, and text is quoted as JSON wants it") {
    const std::string body =
        from_hex("0001 00000001 00000001 0003225c0a 00000001 00000000 00000041") + std::string(65, 'r');
    CHECK(print_body(0, message_kind::request, 2, bytes_of(body)) ==
          R"(ProduceRequest v2 {"acks":1,"timeoutMs":1,"topicData":[{"name":"\"\\\u000a",)"
          R"("partitionData":[{"index":0,"records":"<65 bytes>"}]}]})");
}
