// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include "testing/fetch_sessions.hpp"

using namespace kasio;
using namespace kasio::testing;

namespace {

protocol::fetch_request naming(std::initializer_list<int> partitions, std::int64_t offset = 0) {
    protocol::fetch_request request;
    request.session_epoch = 0;
    auto& topic = request.topics.emplace_back();
    topic.topic = "t";
    for (const int each : partitions) {
        auto& wanted = topic.partitions.emplace_back();
        wanted.partition = each;
        wanted.fetch_offset = offset;
    }
    return request;
}

} // namespace

TEST_CASE("a session adds up what its requests name, and drops what they forget") {
    fetch_sessions sessions;
    auto context = sessions.open(1, naming({0, 1, 2}), 12);
    CHECK(context.partitions.size() == 3);
    CHECK_FALSE(context.incremental);
    CHECK(sessions.count(1) == 0); // looked at only
    const auto id = sessions.settle(1, std::move(context));
    REQUIRE(id != 0);
    auto request = naming({1}, 9);
    request.session_id = id;
    request.session_epoch = 1;
    auto& forgotten = request.forgotten_topics_data.emplace_back();
    forgotten.topic = "t";
    forgotten.partitions = {0};
    context = sessions.open(1, request, 12);
    CHECK(context.incremental);
    REQUIRE(context.partitions.size() == 2);
    CHECK(context.partitions[0].wanted.fetch_offset == 9);
    CHECK(context.partitions[1].wanted.partition == 2);
    CHECK(sessions.settle(1, std::move(context)) == id);
    // The same request once more comes too late.
    CHECK(sessions.open(1, request, 12).error == broker_errc::invalid_fetch_session_epoch);
}

TEST_CASE("sessions are of one node, of names or of ids, and end when asked to") {
    fetch_sessions sessions;
    const auto id = sessions.settle(1, sessions.open(1, naming({0}), 12));
    auto request = naming({});
    request.session_id = id;
    request.session_epoch = 1;
    CHECK(sessions.open(2, request, 12).error == broker_errc::fetch_session_id_not_found);
    CHECK(sessions.open(1, request, 13).error == broker_errc::fetch_session_topic_id_error);
    CHECK(sessions.open(1, request, 12).error == broker_errc::none);
    auto last = naming({0});
    last.session_id = id;
    last.session_epoch = -1;
    CHECK(sessions.settle(1, sessions.open(1, last, 12)) == 0);
    CHECK(sessions.count(1) == 0);
    // Below version 7 nobody asks for one.
    CHECK(sessions.settle(1, sessions.open(1, naming({0}), 6)) == 0);
}

TEST_CASE("a node remembers so many sessions, and forgets them when it restarts") {
    fetch_sessions sessions;
    sessions.limit = 2;
    CHECK(sessions.settle(1, sessions.open(1, naming({0}), 12)) != 0);
    const auto second = sessions.settle(1, sessions.open(1, naming({0}), 12));
    CHECK(sessions.settle(1, sessions.open(1, naming({0}), 12)) == 0);
    CHECK(sessions.settle(2, sessions.open(2, naming({0}), 12)) != 0);
    // One that begins anew gives up its place first.
    auto again = naming({0});
    again.session_id = second;
    CHECK(sessions.settle(1, sessions.open(1, again, 12)) != 0);
    sessions.forget(1);
    CHECK(sessions.count(1) == 0);
    CHECK(sessions.count(2) == 1);
}
