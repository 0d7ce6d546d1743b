// SPDX-License-Identifier: BSL-1.0
// What is done about a request that failed.
#include "cluster/retry_policy.hpp"

#include <kasio/broker_error.hpp>

#include "support/catch.hpp"

#include <boost/asio/error.hpp>

using namespace kasio;
using namespace std::chrono_literals;

namespace {

using time_point = std::chrono::steady_clock::time_point;
const time_point deadline{1h};

} // namespace

TEST_CASE("the traits of an error say whether a request is tried again, and how") {
    struct row {
        error_code error;
        retry_step step;
    };
    const row rows[] = {
        // The line or the node: another one may do.
        {errc::connection_lost, retry_step::refresh_and_again},
        {errc::request_timed_out, retry_step::refresh_and_again},
        {errc::connect_timed_out, retry_step::refresh_and_again},
        {errc::broker_unreachable, retry_step::refresh_and_again},
        {errc::host_not_found, retry_step::refresh_and_again},
        {boost::asio::error::connection_refused, retry_step::refresh_and_again},
        {broker_errc::not_leader_or_follower, retry_step::refresh_and_again},
        {broker_errc::leader_not_available, retry_step::refresh_and_again},
        // It passes by itself.
        {errc::metadata_unavailable, retry_step::again},
        {broker_errc::request_timed_out, retry_step::again},
        {broker_errc::not_enough_replicas, retry_step::again},
        {broker_errc::coordinator_load_in_progress, retry_step::again},
        // Again would be the same.
        {errc::closed, retry_step::fail},
        {errc::malformed_response, retry_step::fail},
        {errc::unsupported_version, retry_step::fail},
        {errc::authentication_failed, retry_step::fail},
        {broker_errc::topic_authorization_failed, retry_step::fail},
        {broker_errc::invalid_topic_exception, retry_step::fail},
        {boost::asio::error::operation_aborted, retry_step::fail},
        {from_broker(30'000), retry_step::fail}, // a code nobody knows
    };
    for (const auto& each : rows) {
        INFO(error_name(each.error));
        CHECK(static_cast<int>(what_next(each.error, deadline - 1ns, deadline)) == static_cast<int>(each.step));
    }
}

TEST_CASE("nothing is tried again at the deadline or after it") {
    for (const error_code error : {error_code{errc::connection_lost}, error_code{errc::metadata_unavailable}}) {
        CHECK(what_next(error, deadline - 1ns, deadline) != retry_step::fail);
        CHECK(what_next(error, deadline, deadline) == retry_step::fail);
        CHECK(what_next(error, deadline + 1h, deadline) == retry_step::fail);
    }
}
