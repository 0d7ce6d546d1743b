// SPDX-License-Identifier: BSL-1.0
#include <kasio/broker_error.hpp>
#include <kasio/error.hpp>

#include "base/broker_error_table.hpp"

#include <algorithm>
#include <iterator>

KASIO_BEGIN_NAMESPACE

namespace {

// A category is compared by its id, so that an error keeps its identity between copies of the library in one
// process (a plug-in and its host). Never change them.
constexpr boost::ulong_long_type client_category_id = 0x9d3a61c85e0b47f2;
constexpr boost::ulong_long_type broker_category_id = 0x9d3a61c85e0b47f3;

enum client_trait : unsigned char {
    permanent = 0,
    retriable = 1,
    stale_metadata = 2,
    fatal = 4,
    abortable = 8
};

struct client_error_row {
    errc code;
    int traits;
    const char* name;
    const char* meaning;
};

// In the order of the enumeration.
constexpr client_error_row client_rows[] = {
    {errc::request_timed_out, retriable | stale_metadata, "request_timed_out",
     "no answer within the request's time-out"},
    {errc::connect_timed_out, retriable | stale_metadata, "connect_timed_out",
     "no connection within the time-out"},
    {errc::connection_lost, retriable | stale_metadata, "connection_lost", "the peer closed the connection"},
    {errc::closed, fatal, "closed", "the object is closed"},
    {errc::malformed_response, permanent, "malformed_response",
     "the peer sent bytes that are no valid Kafka answer"},
    {errc::not_a_broker, permanent, "not_a_broker", "the peer does not speak Kafka's protocol"},
    {errc::tls_expected, permanent, "tls_expected", "the peer expects TLS"},
    {errc::tls_handshake_failed, permanent, "tls_handshake_failed", "the TLS handshake failed"},
    {errc::unsupported_version, permanent, "unsupported_version",
     "no version of the request serves both the broker and what was asked for"},
    {errc::authentication_failed, fatal, "authentication_failed",
     "the credentials were refused or could not be checked"},
    {errc::server_proof_invalid, fatal, "server_proof_invalid",
     "the broker did not prove that it knows the secret"},
    {errc::token_unavailable, permanent, "token_unavailable", "the token source gave no usable token"},
    {errc::host_not_found, retriable | stale_metadata, "host_not_found",
     "the broker's host name does not resolve"},
    {errc::broker_unreachable, retriable | stale_metadata, "broker_unreachable",
     "no address of the broker accepted a connection"},
    {errc::metadata_unavailable, retriable, "metadata_unavailable", "no usable metadata within the time-out"},
    {errc::unknown_partition, stale_metadata, "unknown_partition", "the topic has no such partition"},
    {errc::leader_unavailable, retriable | stale_metadata, "leader_unavailable",
     "the partition had no leader within the time-out"},
    {errc::message_timed_out, retriable, "message_timed_out",
     "the record was not delivered within its time-out"},
    {errc::budget_exceeded, retriable, "budget_exceeded",
     "the memory budget is used up and nothing was freed in time"},
    {errc::would_block, retriable, "would_block", "the memory budget is used up at the moment"},
    {errc::record_too_large, permanent, "record_too_large",
     "the record is larger than a request or the budget may be"},
    {errc::compression_unavailable, permanent, "compression_unavailable",
     "this build lacks the compression codec"},
    {errc::corrupt_batch, permanent, "corrupt_batch", "the record batch is damaged"},
    {errc::batch_too_large, permanent, "batch_too_large",
     "the record batch is larger than the stated maximum"},
    {errc::log_truncated, permanent, "log_truncated", "the log was cut below the position"},
    {errc::no_position, permanent, "no_position",
     "the partition has no position and the reset policy is none"},
    {errc::partition_not_assigned, permanent, "partition_not_assigned",
     "the partition is not assigned to this consumer"},
    {errc::assignment_lost, permanent, "assignment_lost",
     "the group took the partition away while it was in use"},
    {errc::producer_fenced, fatal, "producer_fenced",
     "another producer with the same transactional id took over"},
    {errc::transaction_aborted, permanent, "transaction_aborted", "the transaction was aborted"},
    {errc::transaction_abort_required, abortable, "transaction_abort_required",
     "the transaction can only be aborted"},
    {errc::transaction_fate_unknown, permanent, "transaction_fate_unknown",
     "it is not known whether the transaction was committed"},
    {errc::invalid_option, permanent, "invalid_option", "an option has a value that cannot be"},
    {errc::unknown_property, permanent, "unknown_property", "no option has this property name"},
    {errc::invalid_argument, permanent, "invalid_argument", "an argument of the call cannot be"},
    {errc::not_enough_memory, retriable, "not_enough_memory", "not enough memory for the operation"},
    {errc::hook_failed, permanent, "hook_failed", "a rebalance hook threw"},
    {errc::hook_timed_out, permanent, "hook_timed_out", "a rebalance hook took longer than the group waits"},
    {errc::poll_overdue, permanent, "poll_overdue",
     "nobody polled for so long that the member has left its group"},
    {errc::coordinator_unavailable, retriable, "coordinator_unavailable",
     "the group's coordinator was not reached in time"},
};

constexpr bool in_order() noexcept {
    int number = 0;
    for (const client_error_row& row : client_rows) {
        if (static_cast<int>(row.code) != ++number) return false;
    }
    return true;
}
static_assert(in_order());

const client_error_row* find_client_error(int number) noexcept {
    return number >= 1 && number <= std::ssize(client_rows) ? &client_rows[number - 1] : nullptr;
}

class client_error_category final : public boost::system::error_category {
public:
    client_error_category() noexcept : error_category{client_category_id} {}
    const char* name() const noexcept override { return "kasio"; }
    std::string message(int number) const override {
        const client_error_row* const row = find_client_error(number);
        return row != nullptr ? row->meaning : "unknown error " + std::to_string(number);
    }
};

class broker_error_category final : public boost::system::error_category {
public:
    broker_error_category() noexcept : error_category{broker_category_id} {}
    const char* name() const noexcept override { return "kafka"; }
    std::string message(int number) const override {
        if (number == 0) return "success";
        const broker_error_row* const row = find_broker_error(number);
        if (row == nullptr) return "unknown broker error " + std::to_string(number);
        return std::string{row->meaning} + " (" + row->name + ')';
    }
};

// What the operating system says when a connection breaks or cannot be made: all of it may pass.
bool is_connection_failure(const error_code& code) noexcept {
    if (code.category() != boost::system::system_category() &&
        code.category() != boost::system::generic_category()) {
        return false;
    }
    namespace system_errc = boost::system::errc;
    constexpr system_errc::errc_t failures[] = {
        system_errc::connection_refused, system_errc::connection_reset,      system_errc::connection_aborted,
        system_errc::timed_out,          system_errc::host_unreachable,      system_errc::network_unreachable,
        system_errc::network_down,       system_errc::network_reset,         system_errc::broken_pipe,
        system_errc::not_connected,      system_errc::address_not_available,
    };
    return std::ranges::any_of(failures, [&](system_errc::errc_t failure) { return code == failure; });
}

bool has_trait(const error_code& code, client_trait ours, broker_error_trait theirs) noexcept {
    if (!code.failed()) return false;
    if (code.category() == broker_category()) {
        const broker_error_row* const row = find_broker_error(code.value());
        return row != nullptr && row->has(theirs);
    }
    if (code.category() == client_category()) {
        const client_error_row* const row = find_client_error(code.value());
        return row != nullptr && (row->traits & ours) != 0;
    }
    return (ours == retriable || ours == stale_metadata) && is_connection_failure(code);
}

} // namespace

const boost::system::error_category& client_category() noexcept {
    static const client_error_category category;
    return category;
}

const boost::system::error_category& broker_category() noexcept {
    static const broker_error_category category;
    return category;
}

std::string error_name(const error_code& code) {
    if (code.category() == broker_category()) {
        if (code.value() == 0) return "NONE";
        const broker_error_row* const row = find_broker_error(code.value());
        return row != nullptr ? row->name : "UNKNOWN(" + std::to_string(code.value()) + ')';
    }
    if (code.category() == client_category()) {
        const client_error_row* const row = find_client_error(code.value());
        return row != nullptr ? row->name : "unknown(" + std::to_string(code.value()) + ')';
    }
    return code.message();
}

bool is_retriable(const error_code& code) noexcept {
    return has_trait(code, retriable, broker_error_trait::retriable);
}

bool is_fatal(const error_code& code) noexcept { return has_trait(code, fatal, broker_error_trait::fatal); }

bool is_abortable(const error_code& code) noexcept {
    return has_trait(code, abortable, broker_error_trait::abortable);
}

bool needs_metadata_refresh(const error_code& code) noexcept {
    return has_trait(code, stale_metadata, broker_error_trait::stale_metadata);
}

KASIO_END_NAMESPACE
