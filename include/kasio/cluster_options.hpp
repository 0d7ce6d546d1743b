// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>
#include <kasio/sasl_options.hpp>
#include <kasio/tls_options.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

KASIO_BEGIN_NAMESPACE

class observer; // <kasio/observer.hpp>

/// What the names in `bootstrap_servers` stand for.
enum class dns_lookup : std::uint8_t {
    /// All addresses that the name has, tried in turn.
    use_all_dns_ips,
    /// The same, but the peer is who the name of the address says (by a reverse look-up), for TLS's check of
    /// the host
    /// and for Kerberos: for an alias in front of brokers that have names of their own (KIP-235).
    resolve_canonical_bootstrap_servers_only,
};

/// Which addresses of a host are used.
enum class address_family : std::uint8_t { any, v4, v6 };

/// How a `cluster` reaches its brokers. Defaults are the Java client's (4.4) unless a member says otherwise.
struct cluster_options {
    /// `host:port`, separated by commas; IPv6 in brackets. `bootstrap.servers`.
    std::string bootstrap_servers = "localhost:9092";
    /// Sent with every request, byte for byte. `client.id`.
    std::string client_id = "kasio";
    /// Where this client runs, for replicas close to it. `client.rack`.
    std::string client_rack = {};

    /// `client.dns.lookup`. Names are looked up anew for each connection, whatever this says.
    kasio::dns_lookup dns_lookup = kasio::dns_lookup::use_all_dns_ips;
    /// librdkafka's `broker.address.family`.
    kasio::address_family address_family = kasio::address_family::any;

    /// Encryption, and who the brokers are.
    tls_options tls = {};
    /// Who this client is.
    sasl_options sasl = {};

    /// Name look-up, TCP, TLS, SASL and negotiation together, for one connection.
    /// `socket.connection.setup.timeout.ms`.
    std::chrono::milliseconds connect_timeout{10'000};
    /// From handing a request to the connection to its whole answer. `request.timeout.ms`.
    std::chrono::milliseconds request_timeout{30'000};
    /// An operation with all its retries. `default.api.timeout.ms`.
    std::chrono::milliseconds default_timeout{60'000};

    /// Wait before connecting again to a broker that failed, doubled (with jitter) up to the maximum.
    /// `reconnect.backoff.ms`, `reconnect.backoff.max.ms`.
    std::chrono::milliseconds reconnect_backoff{50};
    std::chrono::milliseconds reconnect_backoff_max{1'000};
    /// Wait before a request that failed is tried again, doubled (with jitter) up to the maximum.
    /// `retry.backoff.ms`, `retry.backoff.max.ms`.
    std::chrono::milliseconds retry_backoff{100};
    std::chrono::milliseconds retry_backoff_max{1'000};

    /// Metadata is asked for anew at this age. `metadata.max.age.ms`.
    std::chrono::milliseconds metadata_max_age{300'000};
    /// A connection without traffic is closed after this; zero: never. Java: 540 s; clouds cut at 240 s.
    std::chrono::milliseconds idle_timeout{180'000};

    /// Requests of one connection that are written and not answered; more wait for their turn. Producers and
    /// consumers keep to their own, lower limits.
    std::size_t max_pipelined = 256;
    /// Largest answer that is believed; a longer one closes the connection.
    std::size_t max_response_bytes = 100 * 1024 * 1024;
    /// Socket buffers in bytes; zero leaves them to the system. `send.buffer.bytes`, `receive.buffer.bytes`.
    std::size_t send_buffer = 0;
    std::size_t receive_buffer = 0;
    bool tcp_no_delay = true;
    bool tcp_keepalive = true;

    /// Told what happens on all connections; none by default.
    std::shared_ptr<kasio::observer> observer = {};
};

KASIO_END_NAMESPACE
