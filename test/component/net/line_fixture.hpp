// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "net/session.hpp"
#include "support/catch.hpp"
#include "support/raw_peer.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// The outcome of one request; counts how often its handler was called.
struct outcome {
    int calls = 0;
    kasio::error_code error;
    bool maybe_sent = true;
    std::string frame;
    std::shared_ptr<const void> kept;
    const char* kept_frame = nullptr;
};

/// One session and the execution context it runs in. Each wait ends after a few seconds at most. At its end
/// the session is closed and all of its background work must be over.
class line_fixture {
public:
    explicit line_fixture(kasio::cluster_options options = short_options());
    ~line_fixture();

    [[nodiscard]] static kasio::cluster_options short_options();

    /// Runs until `done()`; false when that takes too long.
    template <class Done>
    [[nodiscard]] bool run_until(Done done) {
        const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        while (!done()) {
            if (std::chrono::steady_clock::now() > limit) return false;
            if (io.stopped()) io.restart();
            if (io.run_one_for(std::chrono::milliseconds{200}) == 0 && io.stopped() && !done()) return false;
        }
        return true;
    }
    /// Connects to a port of loopback and waits for the outcome.
    kasio::error_code connect(std::uint16_t port, const std::string& host = "127.0.0.1");
    /// Connects and expects success.
    void open(const raw_peer& peer);
    /// Sends a request of 12 bytes header and `body`; its outcome appears in what is returned.
    std::shared_ptr<outcome> send(std::string body = {},
                                  std::chrono::milliseconds time_out = std::chrono::seconds{8},
                                  bool expects_reply = true, bool keep = false);
    /// The same with bytes that are borrowed and pinned.
    std::shared_ptr<outcome> send_borrowed(std::shared_ptr<const std::string> bytes,
                                           std::chrono::milliseconds time_out = std::chrono::seconds{8});
    /// Waits until all outcomes are there.
    [[nodiscard]] bool wait(const std::vector<std::shared_ptr<outcome>>& outcomes);
    /// Closes, runs until nothing is left to do.
    void finish();

    boost::asio::io_context io{1};
    kasio::serial_executor strand{boost::asio::make_strand(io.get_executor())};
    std::shared_ptr<kasio::session> line;
    kasio::request_id last_id = 0;
    std::optional<kasio::error_code> connected;
    int connect_calls = 0;

private:
    std::shared_ptr<outcome> send_frame(kasio::outgoing_request request, std::chrono::milliseconds time_out,
                                        bool keep);
    bool finished_ = false;
};

/// Any api and version; brokers in these tests do not look at it.
inline constexpr std::int16_t some_api = 3;
inline constexpr std::int16_t some_version = 1;

/// A whole answer to ApiVersions (version 3, or version 0 with error 35), with one range for each of a few
/// apis.
[[nodiscard]] std::string versions_answer(std::int32_t correlation_id, std::int16_t version = 3);
/// Plays a broker's part until the session is open.
void negotiate(raw_connection& client);
/// `negotiate`, then `answer` for each request that comes.
[[nodiscard]] raw_peer::script broker(std::function<void(raw_connection&, const raw_request&)> answer);
/// Answers each request with its own body.
[[nodiscard]] raw_peer::script echo();
