// SPDX-License-Identifier: BSL-1.0
#include "producer/refusal.hpp"

#include <kasio/broker_error.hpp>

KASIO_BEGIN_NAMESPACE

namespace {

/// The answer leaves open whether the batch is in the log.
bool leaves_unknown(const error_code& error) noexcept {
    return error == broker_errc::request_timed_out ||
           error == broker_errc::not_enough_replicas_after_append ||
           error == broker_errc::unknown_server_error;
}

/// Smaller ones may be taken. Java splits for the first of these only.
bool is_too_large(const error_code& error) noexcept {
    return error == broker_errc::message_too_large || error == broker_errc::record_list_too_large;
}

} // namespace

refusal judge(const error_code& error, const refused_batch& batch) noexcept {
    using remedy = refusal::remedy;
    const bool unknown = batch.unknown || leaves_unknown(error);
    if (is_retriable(error) || error == broker_errc::unknown_server_error) return {remedy::again, unknown};
    // What is in doubt must not go out again in another shape.
    if (unknown) return {remedy::end, true};
    if (is_too_large(error) && batch.records > 1) return {remedy::in_parts, false};
    if (batch.blamed > 0 && batch.blamed < batch.records) return {remedy::without_blamed, false};
    return {remedy::end, false};
}

KASIO_END_NAMESPACE
