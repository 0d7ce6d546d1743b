// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>
#include <kasio/error.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

KASIO_BEGIN_NAMESPACE

/// The broker at the other end of a connection. Views hold during the call only.
struct observed_line {
    /// -1: not known (a bootstrap server, or a `connection` used alone).
    std::int32_t node = -1;
    /// `host:port`, and the address behind it once connected.
    std::string_view peer;
    /// Distinguishes connections of one process; never used twice.
    std::uint64_t number = 0;
};

/// The steps of setting up a connection, in their order.
enum class handshake_step : std::uint8_t {
    /// Name look-up and TCP.
    connected,
    /// TLS; for plain connections too, where it takes no time.
    secured,
    /// ApiVersions: which requests it takes.
    negotiated,
    /// SASL, where it is used: the broker has accepted who this client is. Told again when that is renewed.
    authenticated,
};

/// A request that went out, and what came back.
struct observed_request {
    /// Kafka's number of the request.
    std::int16_t api_key = -1;
    std::int16_t version = 0;
    /// Bytes of the frame on the wire, its length field included (before TLS).
    std::size_t bytes = 0;
    /// Written: since it was handed to the connection. Answered: since it was written.
    std::chrono::nanoseconds took{0};
};

/// Told what happens on connections and to metadata: for metrics, traces and logs. Derive from it and
/// override what you want; all functions are empty by default. Given in `cluster_options::observer`; one may
/// serve many clusters. Without one nothing is measured, and no clock is read for it.
///
/// **Threads.** Called on the strand of the cluster or connection, so one call at a time for each of them, on
/// whatever thread runs its executor: one that several clusters share must be safe for that. Everything waits
/// meanwhile: do not block.
/// **Re-entrancy.** A call may start any operation of kasio: none completes or has any other effect before
/// the call has returned. It may destroy handles, too.
/// **Errors.** It must not throw: the functions are `noexcept`.
/// **Lifetime.** Kept alive by the options until the last connection is gone.
class observer {
public:
    virtual ~observer() = default;

    /// A step of the set-up is done. `took`: since the step before it.
    virtual void on_handshake(const observed_line&, handshake_step,
                              std::chrono::nanoseconds /*took*/) noexcept {}
    /// The connection may be used. `took`: the whole set-up.
    virtual void on_connect(const observed_line&, std::chrono::nanoseconds /*took*/) noexcept {}
    /// The connection ended, or could not be made. `errc::closed` when this side closed it in good order.
    virtual void on_disconnect(const observed_line&, const error_code& /*cause*/,
                               std::string_view /*text*/) noexcept {}
    /// The last byte of a request was handed to the system.
    virtual void on_request_written(const observed_line&, const observed_request&) noexcept {}
    /// A whole answer came, whether somebody still waits for it or not. `bytes` and `took` are the answer's.
    virtual void on_request_answered(const observed_line&, const observed_request&) noexcept {}
    /// The broker asked for silence, which it gets: nothing is written on the line until `time` is over
    /// (KIP-219).
    virtual void on_throttle(const observed_line&, std::int16_t /*api_key*/,
                             std::chrono::milliseconds /*time*/) noexcept {}
    /// A node of a cluster failed: it is not connected to again before `wait` is over. Bootstrap servers have
    /// numbers below -1.
    virtual void on_back_off(std::int32_t /*node*/, const error_code& /*cause*/,
                             std::chrono::nanoseconds /*wait*/) noexcept {}
    /// Metadata was asked for, and merged into what was known before: how much is known now.
    virtual void on_metadata_update(std::string_view /*cluster_id*/, std::size_t /*brokers*/,
                                    std::size_t /*topics*/) noexcept {}
};

KASIO_END_NAMESPACE
