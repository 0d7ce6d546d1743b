// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>
#include <kasio/testing/broker_sasl.hpp>
#include <kasio/testing/group_options.hpp>
#include <kasio/testing/version_profile.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// How an in-process cluster's ports are encrypted. Texts are in PEM.
struct broker_tls {
    /// The nodes' certificate with its chain; empty: plain TCP.
    std::string certificate_pem = {};
    std::string private_key_pem = {};
    /// Whom to trust about clients; empty: they are not asked who they are.
    std::string client_ca_pem = {};
    /// Clients without a certificate are refused (Kafka's `ssl.client.auth=required`); otherwise one is only
    /// checked when it is shown.
    bool client_certificate_required = true;
};

/// How an in-process cluster is set up.
struct broker_options {
    /// How many nodes, numbered from 1; each has a listening port of its own.
    int nodes = 1;
    /// The numeric address to listen on, which is also what metadata advertises.
    std::string host = "127.0.0.1";
    /// What metadata advertises instead of `host`; empty: `host`.
    std::string advertised_host = {};
    /// The ports of nodes 1, 2, ...; 0 or missing: any free one.
    std::vector<std::uint16_t> ports = {};
    /// Partitions of a topic that is created by being asked for.
    int default_partitions = 4;
    /// Replicas of such a topic, at most one a node. Leadership moves only among a partition's replicas.
    int replication_factor = 3;
    /// Unknown topics are created by Metadata requests that allow it.
    bool auto_create_topics = true;
    /// Largest record batch that Produce accepts (Kafka's `message.max.bytes`).
    std::size_t max_message_bytes = 1'048'588;
    /// The cluster stamps records on their arrival (Kafka's `message.timestamp.type=LogAppendTime`).
    bool log_append_time = false;
    /// From a node's death until metadata drops it and its partitions have other leaders.
    std::chrono::milliseconds election_delay{5};
    /// How many requests the request log keeps; older ones are forgotten.
    std::size_t request_log_limit = 100'000;
    /// The log holds each request as a line of text too.
    bool print_requests = false;
    /// As which broker every node presents itself; see `broker::set_profile`.
    version_profile profile = version_profile::latest;
    /// Encryption on every node's port.
    broker_tls tls = {};
    /// Consumer groups.
    group_options groups = {};
    /// Whom to let in.
    broker_sasl sasl = {};
};

} // namespace testing
KASIO_END_NAMESPACE
