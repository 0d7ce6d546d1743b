// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>
#include <kasio/config.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>

KASIO_BEGIN_NAMESPACE

/// A broker's answer to a typed request: `answer->member`, or `*answer`.
///
/// Bytes in the response (records, group metadata, ...) are views of the answer's frame. They stay valid as
/// long as this object or a copy of it lives, on any thread: copies share the frame. What is copied out of it
/// alone, as `auto response = *answer`, is not kept alive.
template <class Response>
class answer {
public:
    using response_type = Response;

    answer() {}

    [[nodiscard]] const Response& operator*() const noexcept { return body_; }
    [[nodiscard]] const Response* operator->() const noexcept { return &body_; }
    /// The version the broker answered at; -1 after an error.
    [[nodiscard]] std::int16_t version() const noexcept { return version_; }
    /// After an error: whether the request may have reached a broker and been done. False: no byte of it was
    /// handed to a socket.
    [[nodiscard]] bool maybe_sent() const noexcept { return maybe_sent_; }
    /// The node that answered; -1 for a `connection` used alone, below -1 for a bootstrap server.
    [[nodiscard]] std::int32_t node() const noexcept { return node_; }

private:
    template <class Request>
    friend class typed_request;

    Response body_{};
    std::shared_ptr<const void> frame_;
    std::int32_t node_ = -1;
    std::int16_t version_ = -1;
    bool maybe_sent_ = false;
};

/// What holds for one request; made from its time-out alone, too.
class request_settings {
public:
    request_settings() {}
    /// The time-out; zero: that of the options.
    template <class Rep, class Period>
    request_settings(std::chrono::duration<Rep, Period> timeout)
        : timeout_{std::chrono::duration_cast<std::chrono::milliseconds>(timeout)} {}

    /// From the call to the whole answer. Zero: `request_timeout` of the options on a connection,
    /// `default_timeout` on a cluster.
    request_settings& timeout(std::chrono::milliseconds time) noexcept {
        timeout_ = time;
        return *this;
    }
    /// Send at this version at most, where the broker knows a higher one. What a request holds depends on its
    /// version: Fetch names topics up to version 12, and their ids from 13 on.
    request_settings& max_version(std::int16_t version) noexcept {
        max_version_ = version;
        return *this;
    }
    /// What the request views lies in: held until the request has been written or given up.
    request_settings& keep(std::shared_ptr<const void> owner) noexcept {
        kept_ = std::move(owner);
        return *this;
    }
    [[nodiscard]] std::chrono::milliseconds timeout() const noexcept { return timeout_; }
    [[nodiscard]] std::int16_t max_version() const noexcept { return max_version_; }

private:
    std::chrono::milliseconds timeout_{0};
    std::shared_ptr<const void> kept_;
    std::int16_t max_version_ = std::numeric_limits<std::int16_t>::max();
};

KASIO_END_NAMESPACE
