// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <boost/system/error_code.hpp>

#include <cstdint>
#include <string>
#include <type_traits>

KASIO_BEGIN_NAMESPACE

using error_code = boost::system::error_code;

/// What the client itself finds wrong. What a broker answered is a `broker_errc` (see broker_error.hpp).
enum class errc {
    /// No answer within the request's time-out; the connection was closed, since later answers cannot be told apart.
    request_timed_out = 1,
    /// No connection (TCP, TLS and SASL together) within `connect_timeout`.
    connect_timed_out,
    /// The peer closed or reset the connection.
    connection_lost,
    /// The object was closed, or is closing.
    closed,
    /// The peer sent bytes that are no valid Kafka answer.
    malformed_response,
    /// The first bytes of the peer show that no Kafka broker listens there (for instance an HTTP server).
    not_a_broker,
    /// The peer answered with a TLS alert: it expects TLS.
    tls_expected,
    /// The TLS handshake failed.
    tls_handshake_failed,
    /// Broker and client have no version of the request in common, or the broker lacks it.
    unsupported_version,
    /// The broker refused the credentials, or they could not be checked.
    authentication_failed,
    /// The broker did not prove that it knows the secret (SCRAM).
    server_proof_invalid,
    /// The token source gave no usable token.
    token_unavailable,
    /// A broker's host name does not resolve.
    host_not_found,
    /// No address of a broker accepted a connection.
    broker_unreachable,
    /// No usable metadata within the time-out.
    metadata_unavailable,
    /// The topic has no such partition.
    unknown_partition,
    /// The partition has had no leader within the time-out.
    leader_unavailable,
    /// The record was not delivered within `delivery_timeout`; see the delivery's fate.
    message_timed_out,
    /// The budget of the producer or consumer is used up and nothing was freed in time.
    budget_exceeded,
    /// The budget is used up: wait with `async_wait_writable`, then try again.
    would_block,
    /// One record, with its overhead, is larger than a request or the budget may be.
    record_too_large,
    /// This build lacks the compression codec.
    compression_unavailable,
    /// A record batch's check sum, lengths or compressed bytes are wrong.
    corrupt_batch,
    /// A batch, or what it decompresses to, is larger than the stated maximum.
    batch_too_large,
    /// The log was cut below the position (unclean leader election).
    log_truncated,
    /// There is no position for the partition and the reset policy is `none`.
    no_position,
    /// The partition is not assigned to this consumer.
    partition_not_assigned,
    /// The group took the partition away while it was in use.
    assignment_lost,
    /// Another producer with the same transactional id took over.
    producer_fenced,
    /// The transaction was aborted.
    transaction_aborted,
    /// The transaction can only be aborted.
    transaction_abort_required,
    /// The outcome of the transaction is not known.
    transaction_fate_unknown,
    /// An option has a value that cannot be.
    invalid_option,
    /// No option has this property name.
    unknown_property,
    /// An argument of the call cannot be.
    invalid_argument,
    /// No memory for the operation; nothing changed.
    not_enough_memory,
    /// A rebalance hook threw; it counts as done.
    hook_failed,
    /// A rebalance hook took longer than the group waits: its partitions have been given up without it.
    hook_timed_out,
    /// Nobody polled for longer than `max_poll_interval`: the member has left its group.
    poll_overdue,
    /// The broker in charge of the group has not been reached for so long that the membership has run out.
    coordinator_unavailable,
};

/// The category of `errc`, with the same identity in every copy of the library.
[[nodiscard]] KASIO_DECL const boost::system::error_category& client_category() noexcept;

[[nodiscard]] inline error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), client_category()};
}

/// Kafka's own name of an error: `NOT_LEADER_OR_FOLLOWER` for a broker's code, `request_timed_out` for one of
/// ours, the system's text for any other. A broker's code without a name gives `UNKNOWN(<number>)`.
[[nodiscard]] KASIO_DECL std::string error_name(const error_code& code);

/// True when the same call may succeed later without a change by the caller (Kafka's RetriableException).
[[nodiscard]] KASIO_DECL bool is_retriable(const error_code& code) noexcept;
/// True when the object that reported it cannot go on (fenced, authorization, authentication).
[[nodiscard]] KASIO_DECL bool is_fatal(const error_code& code) noexcept;
/// True when the transaction in progress can only be aborted.
[[nodiscard]] KASIO_DECL bool is_abortable(const error_code& code) noexcept;
/// True when the metadata that led to the error is stale (Kafka's InvalidMetadataException).
[[nodiscard]] KASIO_DECL bool needs_metadata_refresh(const error_code& code) noexcept;

KASIO_END_NAMESPACE

template <>
struct boost::system::is_error_code_enum<kasio::errc> : std::true_type {};
