// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// Whom an in-process cluster lets in, on every node's port.
struct broker_sasl {
    /// As Kafka names them: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER. None: nobody need say who they
    /// are.
    std::vector<std::string> mechanisms = {};
    /// Names and passwords, for PLAIN and SCRAM.
    std::vector<std::pair<std::string, std::string>> users = {};
    /// The rounds of hashing that SCRAM asks for.
    std::uint32_t scram_iterations = 4096;
    /// The tokens that OAUTHBEARER takes.
    std::vector<std::string> tokens = {};
    /// OAUTHBEARER also takes tokens that nobody signed, until their time is up, as Kafka's default does.
    bool accept_unsecured_tokens = false;
    /// What must come along with a token (KIP-342).
    std::vector<std::pair<std::string, std::string>> extensions = {};
    /// How long a session lasts unless it authenticates again (Kafka's `connections.max.reauth.ms`); zero:
    /// for ever. A connection that sends anything else later is closed.
    std::chrono::milliseconds session_lifetime{0};
};

} // namespace testing
KASIO_END_NAMESPACE
