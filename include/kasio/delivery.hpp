// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>
#include <kasio/error.hpp>
#include <kasio/record.hpp>

#include <cstdint>
#include <iosfwd>
#include <span>
#include <string_view>

KASIO_BEGIN_NAMESPACE

/// What became of a record. Each record that was sent ends as exactly one of these.
enum class fate : std::uint8_t {
    /// The broker has it (with `acks::none`: its bytes were written to the socket).
    delivered,
    /// It is certainly not in the log; sending it again cannot duplicate it.
    not_sent,
    /// Its bytes may have reached the broker, but no definite answer came. Sending it again may duplicate it.
    unknown,
};

/// Where a record is.
struct delivery {
    std::int32_t partition = -1;
    /// -1 when the broker did not say (`acks::none`, or a duplicate it recognised).
    std::int64_t offset = -1;
    /// The broker's time when the topic stamps records itself, otherwise the record's own.
    kasio::timestamp timestamp{};
    kasio::fate fate = kasio::fate::not_sent;
    delivery() {}
    friend bool operator==(const delivery&, const delivery&) = default;
    /// `partition@offset fate`.
    KASIO_DECL friend std::ostream& operator<<(std::ostream& out, const delivery& what);
};

/// One record's part in the outcome of `async_send_many`.
struct send_result {
    error_code error;
    kasio::delivery delivery;
    send_result() {}
    friend bool operator==(const send_result&, const send_result&) = default;
};

/// The outcome of the `try_send` records of one batch, in the order of their sends. Borrowed for the call.
struct delivery_report {
    std::string_view topic;
    std::int32_t partition = -1;
    error_code error;
    std::span<const delivery> deliveries;
    delivery_report() {}
};

KASIO_DECL std::ostream& operator<<(std::ostream& out, fate what);

KASIO_END_NAMESPACE
