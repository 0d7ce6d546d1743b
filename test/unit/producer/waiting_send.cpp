// SPDX-License-Identifier: BSL-1.0
#include "producer/waiting_send.hpp"

#include "support/catch.hpp"

#include <memory>

using namespace kasio;

TEST_CASE("a waiting record owns its bytes and keeps null apart from empty") {
    std::string topic = "orders";
    std::string key = "key";
    std::string name = "trace";
    std::vector<header> headers{{name, bytes_view{key}}, {name, nullptr}, {"empty", ""}};
    const auto until = time_point{} + std::chrono::seconds{5};
    waiting_send waiting{
        {.topic = topic, .partition = 3, .key = key, .value = "", .headers = headers}, 42, until};
    topic = key = name = "xxxxxx";
    const auto record = waiting.record();
    CHECK(record.topic == "orders");
    CHECK(record.partition == 3);
    CHECK(record.key == bytes_view{"key"});
    CHECK(record.value == bytes_view{""});
    CHECK_FALSE(record.value.is_null());
    REQUIRE(record.headers.size() == 3);
    CHECK(record.headers[0] == header{"trace", "key"});
    CHECK(record.headers[1].value.is_null());
    CHECK_FALSE(record.headers[2].value.is_null());
    CHECK(record.timestamp == timestamp{std::chrono::milliseconds{42}});

    waiting_send tombstone{{.topic = "t", .key = "k"}, 1, until};
    CHECK(tombstone.record().value.is_null());
}

TEST_CASE("a handler that is never called is destroyed with the record that waits") {
    auto alive = std::make_shared<int>(1);
    struct callback {
        std::shared_ptr<int> held;
        void operator()(error_code, const delivery&) const {}
    };
    {
        waiting_send waiting{{.topic = "t"}, 1, time_point{}};
        callback handler{alive};
        waiting.hold(detail::typed_send<callback>::type_of, &handler, nullptr);
        handler.held.reset();
        CHECK(alive.use_count() == 2);
    }
    CHECK(alive.use_count() == 1);
}
