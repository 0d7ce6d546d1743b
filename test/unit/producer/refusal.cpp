// SPDX-License-Identifier: BSL-1.0
// What a broker's error means for a batch: the table of protocol errors that Produce may answer, one line
// each.
#include "producer/refusal.hpp"

#include <kasio/broker_error.hpp>

#include "support/catch.hpp"

using namespace kasio;
using remedy = refusal::remedy;
using code = broker_errc;

namespace {

struct line {
    code error;
    /// Of a batch of several records that was certainly not appended before.
    remedy what;
    /// Whether the error leaves it in doubt.
    bool unknown;
};

const std::vector<line> table{
    // Sent again: the leader is elsewhere or not ready, or bytes were damaged on the way.
    {code::corrupt_message, remedy::again, false},
    {code::unknown_topic_or_partition, remedy::again, false},
    {code::leader_not_available, remedy::again, false},
    {code::not_leader_or_follower, remedy::again, false},
    {code::network_exception, remedy::again, false},
    {code::not_enough_replicas, remedy::again, false},
    {code::kafka_storage_error, remedy::again, false},
    {code::fenced_leader_epoch, remedy::again, false},
    {code::unknown_topic_id, remedy::again, false},
    {code::inconsistent_topic_id, remedy::again, false},
    // Sent again, and in doubt until a definite answer.
    {code::request_timed_out, remedy::again, true},
    {code::not_enough_replicas_after_append, remedy::again, true},
    {code::unknown_server_error, remedy::again, true},
    // Taken apart.
    {code::message_too_large, remedy::in_parts, false},
    {code::record_list_too_large, remedy::in_parts, false},
    // Ends.
    {code::invalid_topic_exception, remedy::end, false},
    {code::invalid_required_acks, remedy::end, false},
    {code::topic_authorization_failed, remedy::end, false},
    {code::cluster_authorization_failed, remedy::end, false},
    {code::transactional_id_authorization_failed, remedy::end, false},
    {code::unsupported_version, remedy::end, false},
    {code::unsupported_for_message_format, remedy::end, false},
    {code::unsupported_compression_type, remedy::end, false},
    {code::policy_violation, remedy::end, false},
    {code::invalid_timestamp, remedy::end, false},
    {code::invalid_record, remedy::end, false},
};

} // namespace

TEST_CASE("each error of Produce has its remedy", "[P2][P3][P11]") {
    for (const auto& each : table) {
        CAPTURE(static_cast<int>(each.error));
        const auto fresh = judge(each.error, {false, 5, 0});
        CHECK(fresh.what == each.what);
        CHECK(fresh.unknown == each.unknown);
        // What was in doubt before stays so, and never changes its shape.
        const auto doubtful = judge(each.error, {true, 5, 2});
        CHECK(doubtful.unknown);
        CHECK(doubtful.what == (each.what == remedy::again ? remedy::again : remedy::end));
        // A single record cannot be taken apart.
        const auto single = judge(each.error, {false, 1, 0});
        CHECK(single.what == (each.what == remedy::in_parts ? remedy::end : each.what));
    }
}

TEST_CASE("blamed records end alone, unless the answer blames all", "[P11]") {
    for (const auto error : {code::invalid_record, code::invalid_timestamp}) {
        CHECK(judge(error, {false, 5, 2}).what == remedy::without_blamed);
        CHECK(judge(error, {false, 5, 5}).what == remedy::end);
        CHECK(judge(error, {false, 5, 0}).what == remedy::end);
        CHECK(judge(error, {false, 1, 1}).what == remedy::end);
    }
    // An error that is worth another try is tried again whole.
    CHECK(judge(code::not_leader_or_follower, {false, 5, 2}).what == remedy::again);
}

TEST_CASE("a code that nobody foresaw ends the batch", "[P11]") {
    const auto odd = judge(from_broker(31'000), {false, 5, 0});
    CHECK(odd.what == remedy::end);
    CHECK_FALSE(odd.unknown);
    CHECK(judge(from_broker(31'000), {true, 5, 0}).unknown);
}
