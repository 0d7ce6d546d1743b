// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/error.hpp>

#include <cstddef>
#include <span>

KASIO_BEGIN_NAMESPACE

/// Finds frames (four bytes of length, then that many bytes) at the start of what a peer sent, and recognises
/// peers that are no plain-text Kafka brokers by their first bytes.
class frame_splitter {
public:
    /// What stands at the start of the unread bytes.
    struct found {
        /// `malformed_response`, `not_a_broker` or `tls_expected`: close the connection.
        error_code error;
        /// There is a whole frame; otherwise more bytes must come.
        bool whole = false;
        /// That frame, without its length.
        std::span<const std::byte> frame;
        /// How many more bytes the frame needs; zero when not even its length is there yet.
        std::size_t missing = 0;
    };

    /// The bytes of the length in front of each frame.
    static constexpr std::size_t length_bytes = 4;
    /// A frame holds at least its correlation id.
    static constexpr std::size_t smallest_frame = 4;

    explicit frame_splitter(std::size_t max_frame_bytes) noexcept : max_frame_bytes_{max_frame_bytes} {}

    /// While tokens of SASL come without a header, frames may be of any length, none too.
    void expect_raw(bool raw) noexcept { smallest_ = raw ? 0 : smallest_frame; }

    [[nodiscard]] found next(std::span<const std::byte> unread) noexcept;

private:
    [[nodiscard]] error_code judge(std::span<const std::byte> unread) const noexcept;

    std::size_t max_frame_bytes_;
    std::size_t smallest_ = smallest_frame;
    bool first_ = true;
};

KASIO_END_NAMESPACE
