// SPDX-License-Identifier: BSL-1.0
// The short calls, each against the in-process cluster.
#include "line.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/calls.hpp>

#include <boost/system/system_error.hpp>

namespace asio = boost::asio;
using namespace kasio;
using namespace kasio_test;

namespace {

/// `start(handler)` begins it; gives its answer and expects success.
template <class Response, class Start>
answer<Response> done(line& alone, Start start) {
    got<Response> outcome;
    start(outcome.handler());
    REQUIRE(outcome.times == 0);
    REQUIRE(run_until(
        alone.io, [&] { return outcome.times != 0; }, 10s));
    CAPTURE(outcome.error.message());
    REQUIRE_FALSE(outcome.error);
    return outcome.what;
}

} // namespace

TEST_CASE("topics are made, shown and deleted by short calls") {
    testing::broker broker;
    line alone;
    alone.open(broker);
    auto& to = *alone.to;
    const auto offered = done<protocol::api_versions_response>(
        alone, [&](auto handler) { calls::async_api_versions(to, std::move(handler)); });
    CHECK(offered->api_keys.size() > 5);
    const auto made = done<protocol::create_topics_response>(
        alone, [&](auto handler) { calls::async_create_topic(to, "made", 3, 1, 5s, std::move(handler)); });
    CHECK(made->topics.at(0).error_code == 0);
    const auto shown = done<protocol::metadata_response>(
        alone, [&](auto handler) { calls::async_metadata(to, "made", std::move(handler)); });
    CHECK(shown->topics.at(0).partitions.size() == 3);
    const auto gone = done<protocol::delete_topics_response>(
        alone, [&](auto handler) { calls::async_delete_topic(to, "made", 5s, std::move(handler)); });
    CHECK(gone->responses.at(0).error_code == 0);
    CHECK_FALSE(broker.has_topic("made"));
}

TEST_CASE("records are produced and fetched by short calls, with every codec that was built in") {
    testing::broker broker;
    broker.create_topic("t", 2);
    line alone;
    alone.open(broker);
    auto& to = *alone.to;
    const auto one = done<protocol::produce_response>(alone, [&](auto handler) {
        calls::async_produce(to, "t", 0, {.key = "k", .value = "one"}, std::move(handler));
    });
    CHECK(one->responses.at(0).partition_responses.at(0).base_offset == 0);
    std::int64_t offset = 1;
    for (const auto codec :
         {compression::none, compression::gzip, compression::lz4, compression::snappy, compression::zstd}) {
        calls::produce_settings settings;
        settings.compression = codec;
        settings.acks = acks::leader;
        const std::string long_value(10'000, 'x');
        const producer_record records[] = {{.value = "two"}, {.value = long_value}, {.value = nullptr}};
        try {
            (void)calls::encode_batch(records, settings);
        } catch (const boost::system::system_error& absent) {
            CHECK(absent.code() == errc::compression_unavailable);
            continue;
        }
        const auto many = done<protocol::produce_response>(alone, [&](auto handler) {
            calls::async_produce(to, "t", 0, std::span{records}, settings, std::move(handler));
        });
        CHECK(many->responses.at(0).partition_responses.at(0).base_offset == offset);
        offset += 3;
    }
    const auto fetched = done<protocol::fetch_response>(
        alone, [&](auto handler) { calls::async_fetch(to, "t", 0, 2, std::move(handler)); });
    const auto& partition = fetched->responses.at(0).partitions.at(0);
    const auto read = calls::read_records("t", 0, 2, partition.records);
    CHECK_FALSE(read.error);
    CHECK(read.next_offset == offset);
    REQUIRE(read.records.size() == static_cast<std::size_t>(offset - 2));
    CHECK(read.records.at(0).offset == 2);
    CHECK(read.records.at(0).value->size() == 10'000);
    CHECK_FALSE(read.records.at(1).value.has_value());
    const auto listed = done<protocol::list_offsets_response>(
        alone, [&](auto handler) { calls::async_list_offset(to, "t", 0, -1, std::move(handler)); });
    CHECK(listed->topics.at(0).partitions.at(0).offset == offset);
    // Many partitions; damage is told.
    broker.append("t", 1, producer_record{.topic = "t", .value = "other"});
    broker.corrupt("t", 1, 0);
    const calls::fetch_position from[] = {{"t", 0, offset - 1}, {"t", 1, 0}};
    const auto both = done<protocol::fetch_response>(alone, [&](auto handler) {
        calls::async_fetch(to, std::span{from}, calls::fetch_settings{}, std::move(handler));
    });
    REQUIRE(both->responses.at(0).partitions.size() == 2);
    for (const auto& each : both->responses.at(0).partitions) {
        const auto got = calls::read_records("t", each.partition_index, 0, each.records);
        CHECK(got.error == (each.partition_index == 1 ? error_code{errc::corrupt_batch} : error_code{}));
    }
    CHECK_THROWS_AS(calls::encode_batch({}, calls::produce_settings{}), boost::system::system_error);
}

TEST_CASE("a batch of an idempotent producer carries its id, epoch and sequence, and acks=0 has no answer") {
    testing::broker broker;
    broker.create_topic("t");
    line alone;
    alone.open(broker);
    auto& to = *alone.to;
    const auto id = done<protocol::init_producer_id_response>(alone, [&](auto handler) {
        calls::async_init_producer_id(to, std::nullopt, 60s, std::move(handler));
    });
    REQUIRE(id->error_code == 0);
    calls::produce_settings settings;
    settings.producer_id = id->producer_id;
    settings.producer_epoch = id->producer_epoch;
    settings.sequence = 0;
    const producer_record records[] = {{.value = "a"}, {.value = "b"}};
    for (int twice = 0; twice < 2; ++twice) { // the second is known to be the first
        const auto said = done<protocol::produce_response>(alone, [&](auto handler) {
            calls::async_produce(to, "t", 0, std::span{records}, settings, std::move(handler));
        });
        CHECK(said->responses.at(0).partition_responses.at(0).base_offset == 0);
    }
    const auto stored = broker.records("t", 0);
    REQUIRE(stored.size() == 2);
    CHECK(stored[1].producer_id == id->producer_id);
    CHECK(stored[1].sequence == 1);
    calls::produce_settings silent;
    silent.acks = acks::none;
    const auto nothing = done<protocol::produce_response>(alone, [&](auto handler) {
        calls::async_produce(to, "t", 0, std::span{records}, silent, std::move(handler));
    });
    CHECK(nothing->responses.empty());
    CHECK_FALSE(alone.ask(about_topics()).error);
    CHECK(broker.records("t", 0).size() == 4);
}

TEST_CASE("a group is joined, kept, left, and its offsets are committed, by short calls") {
    testing::broker broker;
    broker.create_topic("t");
    line alone;
    alone.open(broker);
    auto& to = *alone.to;
    const auto found = done<protocol::find_coordinator_response>(alone, [&](auto handler) {
        calls::async_find_coordinator(to, coordinator_kind::group, "g", std::move(handler));
    });
    CHECK(found->error_code == 0);
    CHECK(found->node_id == 1);
    protocol::join_group_request join;
    join.group_id = "g";
    join.session_timeout_ms = 10'000;
    join.rebalance_timeout_ms = 10'000;
    join.protocols.emplace_back().name = "range";
    const auto joining = [&](auto handler) { calls::async_join_group(to, join, 20s, std::move(handler)); };
    auto joined = done<protocol::join_group_response>(alone, joining);
    if (joined->error_code == static_cast<std::int16_t>(broker_errc::member_id_required)) {
        join.member_id = joined->member_id;
        joined = done<protocol::join_group_response>(alone, joining);
    }
    REQUIRE(joined->error_code == 0);
    CHECK(joined->leader == joined->member_id);
    const auto generation = joined->generation_id;
    const auto me = joined->member_id;
    std::vector<protocol::sync_group_request::sync_group_request_assignment> shares(1);
    shares[0].member_id = me;
    shares[0].assignment = "everything";
    const auto synced = done<protocol::sync_group_response>(alone, [&](auto handler) {
        calls::async_sync_group(to, "g", generation, me, shares, std::move(handler));
    });
    CHECK(synced->error_code == 0);
    CHECK(synced->assignment.view() == "everything");
    const auto alive = done<protocol::heartbeat_response>(
        alone, [&](auto handler) { calls::async_heartbeat(to, "g", generation, me, std::move(handler)); });
    CHECK(alive->error_code == 0);
    const std::vector<calls::group_offset> offsets{{"t", 0, 7, "so far"}};
    const auto committed = done<protocol::offset_commit_response>(alone, [&](auto handler) {
        calls::async_commit_offsets(to, "g", {generation, me}, offsets, std::move(handler));
    });
    CHECK(committed->topics.at(0).partitions.at(0).error_code == 0);
    const auto kept = done<protocol::offset_fetch_response>(
        alone, [&](auto handler) { calls::async_fetch_offsets(to, "g", "t", {0}, std::move(handler)); });
    CHECK(kept->topics.at(0).partitions.at(0).committed_offset == 7);
    const auto left = done<protocol::leave_group_response>(
        alone, [&](auto handler) { calls::async_leave_group(to, "g", me, std::move(handler)); });
    CHECK(left->error_code == 0);
}

TEST_CASE("the calls of a transaction are encoded as the broker's versions have them") {
    // What a broker does with them belongs to those who build on them; here: each comes out as a request.
    testing::broker broker;
    line alone;
    alone.open(broker);
    auto& to = *alone.to;
    const calls::transactional_producer who{"mover", 5, 0};
    const auto ends = [&](auto start) {
        error_code error;
        int times = 0;
        start([&](error_code code, auto&&) {
            error = code;
            ++times;
        });
        REQUIRE(run_until(
            alone.io, [&] { return times == 1; }, 10s));
        return error;
    };
    const auto known = [&](std::int16_t key) { return !to.offered(key).empty(); };
    const auto expected = [&](std::int16_t key) {
        return known(key) ? error_code{} : error_code{errc::unsupported_version};
    };
    CHECK(ends([&](auto handler) {
              calls::async_add_partitions(to, who, "t", {0, 1}, std::move(handler));
          }) == expected(24));
    CHECK(ends([&](auto handler) { calls::async_add_offsets(to, who, "g", std::move(handler)); }) ==
          expected(25));
    CHECK(ends([&](auto handler) {
              calls::async_commit_transaction_offsets(to, who, "g", {{"t", 0, 7}}, std::move(handler));
          }) == expected(28));
    CHECK(ends([&](auto handler) { calls::async_end_transaction(to, who, true, std::move(handler)); }) ==
          expected(26));
    CHECK(to.state() == connection_state::open);
}
