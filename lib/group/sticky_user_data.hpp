// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/assignor.hpp>

#include <kasio/bytes.hpp>

#include <cstdint>
#include <optional>
#include <string>

// What the sticky assignors put into the user data of a subscription. Not part of Kafka's message schemas:
// the bytes have no version, a reader tells old from new by their end.

KASIO_BEGIN_NAMESPACE

struct sticky_user_data {
    partition_list partitions;
    /// -1: not told, as before Kafka 2.3.
    std::int32_t generation = -1;

    sticky_user_data() {}
    friend bool operator==(const sticky_user_data&, const sticky_user_data&) = default;
};

/// `sticky`: the partitions by topic, then the generation.
[[nodiscard]] std::string encode_sticky(const partition_list& owned, std::int32_t generation);
/// Nothing when the bytes are malformed. Bytes that end before the generation are of an old member.
[[nodiscard]] std::optional<sticky_user_data> decode_sticky(bytes_view bytes);

/// `cooperative-sticky`: the generation alone; the partitions stand in the subscription.
[[nodiscard]] std::string encode_cooperative_sticky(std::int32_t generation);
/// -1 when there is none.
[[nodiscard]] std::int32_t decode_cooperative_sticky(bytes_view bytes) noexcept;

KASIO_END_NAMESPACE
