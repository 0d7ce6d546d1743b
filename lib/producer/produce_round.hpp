// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/config.hpp>
#include <kasio/error.hpp>
#include <kasio/uuid.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

KASIO_BEGIN_NAMESPACE

class send_batch;
namespace protocol {
struct produce_response;
}

/// What an answer says of one batch.
struct partition_outcome {
    std::int16_t error = 0;
    std::int64_t base_offset = -1;
    std::int64_t log_append_time = -1;
    /// The leader it names instead (KIP-951); -1: none.
    std::int32_t leader = -1;
    std::int32_t leader_epoch = -1;
    /// Records that are to blame for the error, by their index in the batch, and why in the broker's words
    /// (KIP-467).
    std::vector<std::int32_t> blamed;
    std::string text;
};

/// The batches one Produce request carries; keeps their bytes alive while they are written.
struct produce_round {
    struct item {
        std::shared_ptr<send_batch> batch;
        std::string_view topic;
        std::int32_t partition = -1;
        /// Zero: not known.
        uuid topic_id = {};
    };
    std::vector<item> items;
    std::size_t bytes = 0;
    /// It named its topics by their ids: so does the answer.
    bool by_id = false;
    std::chrono::steady_clock::time_point sent{};
    /// Are the ids of all its topics known?
    [[nodiscard]] bool has_ids() const noexcept;
};

/// Matches an answer with what *this request* carried: one entry an item. Nothing for an item the answer
/// leaves out, whose fate then is unknown; entries for partitions nobody asked about, and repeated ones, are
/// passed over.
[[nodiscard]] std::vector<std::optional<partition_outcome>> match_answer(
    const produce_round& round, const protocol::produce_response& answer);

KASIO_END_NAMESPACE
