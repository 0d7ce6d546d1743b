// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "net/session.hpp"
#include "support/catch.hpp"
#include "support/run.hpp"

#include <kasio/cluster_options.hpp>
#include <kasio/testing/broker.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace kasio_test {

using namespace kasio;

/// All mechanisms, and the user `alice` with the password `wonderland`.
[[nodiscard]] testing::broker_sasl doorkeeper();
[[nodiscard]] testing::broker_options behind(testing::broker_sasl sasl, int nodes = 1);
/// `alice` with the right password, over a connection without TLS.
[[nodiscard]] cluster_options alice(sasl_mechanism mechanism);
/// The same with a token.
[[nodiscard]] cluster_options bearer(token_source source);
/// The same token always.
[[nodiscard]] token_source always(std::string token);

/// What came of an attempt to connect.
struct attempt {
    error_code error;
    std::string text;
};

/// One session and what drives it.
struct live_session {
    explicit live_session(const cluster_options& options);
    ~live_session();
    live_session(const live_session&) = delete;
    live_session& operator=(const live_session&) = delete;

    /// Until the set-up is over.
    attempt connect(std::uint16_t port);
    /// A Metadata request; what it ended with, once it has.
    std::shared_ptr<std::optional<error_code>> ask();

    asio::io_context io{1};
    serial_executor strand{asio::make_strand(io.get_executor())};
    std::shared_ptr<session> line;
};

/// Connects, and asks for something to show that the door is open.
[[nodiscard]] attempt log_in(std::uint16_t port, const cluster_options& options);

} // namespace kasio_test
