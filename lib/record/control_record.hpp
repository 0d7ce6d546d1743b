// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "protocol/messages/control_record.hpp"
#include "record/record_cursor.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

KASIO_BEGIN_NAMESPACE

/// What the record of a control batch says.
struct control_marker {
    enum class kind : std::uint8_t { abort, commit, leader_change, other };
    kind what = kind::other;
    /// Of the transaction coordinator that wrote the marker; -1 when the value does not say.
    std::int32_t coordinator_epoch = -1;
};

/// The first record of a control batch (KIP-98): only it counts. Nothing when there is none or it is
/// malformed.
[[nodiscard]] std::optional<control_marker> read_control_marker(const batch_view& batch,
                                                                std::span<const std::byte> records) noexcept;

/// Who leads a KRaft quorum from this control batch on (KIP-595). Nothing when its record is another or
/// malformed.
[[nodiscard]] std::optional<protocol::leader_change_message> read_leader_change(
    const batch_view& batch, std::span<const std::byte> records) noexcept;

KASIO_END_NAMESPACE
