// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "consumer/fetch_round.hpp"

#include <kasio/messages/fetch.hpp>
#include <kasio/uuid.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// What one broker remembers of what we read from it, so that a request names only what has changed, and an
/// answer only what is new (KIP-227, Kafka's FetchSessionHandler). A broker need not remember: then each
/// request names everything.
///
/// Call `ask` for each request, then once either `on_failure` or `on_answer`; after an `on_answer` that took
/// the answer, `find` for each partition in it, and `unanswered`. One request at a time.
///
/// An answer is matched with what *this request* asked for, whatever metadata says by then.
class fetch_session {
public:
    /// Fetch versions: sessions from here on, topics by id, and the epoch by which a cut log is found.
    static constexpr std::int16_t first_with_sessions = 7;
    static constexpr std::int16_t first_with_epochs = 12;
    static constexpr std::int16_t first_by_id = 13;

    /// Writes what the request says of sessions and partitions. From `first_by_id` on topics go by id, which
    /// must be known.
    void ask(protocol::fetch_request& request, const fetch_round& round, std::int16_t version,
             std::int32_t partition_bytes);
    /// Writes what a request says that changes nothing. False when the broker has to be told more: then
    /// nothing has been asked.
    bool ask_again(protocol::fetch_request& request, std::int16_t version) noexcept;
    /// There will be no answer: the broker may have heard it or not, so the next request begins anew.
    void on_failure() noexcept;

    enum class outcome : std::uint8_t {
        /// The answer counts.
        taken,
        /// The broker does not know the session, or another state of it: ask again.
        session_lost,
        /// Another code for the whole request.
        refused,
    };
    outcome on_answer(const protocol::fetch_response& answer) noexcept;
    /// What was asked for. Null when it was not asked for, or has been found in this answer before.
    [[nodiscard]] const fetch_item* find(const protocol::fetch_response::fetchable_topic_response& topic,
                                         std::int32_t partition);
    /// What an answer leaves out that should tell of everything. An answer within a session leaves out what
    /// has no news.
    [[nodiscard]] std::vector<fetch_item> unanswered();

    /// Topics went by id in the last request.
    [[nodiscard]] bool by_id() const noexcept { return by_id_; }
    /// How many partitions the broker was told of.
    [[nodiscard]] std::size_t size() const noexcept { return known_.size(); }

private:
    /// The topic by its id, or by its name.
    struct key {
        uuid id;
        std::string_view name;
        std::int32_t partition = -1;
        friend bool operator==(const key&, const key&) = default;
    };
    struct hash {
        std::size_t operator()(const key& of) const noexcept;
    };
    struct told {
        fetch_item item;
        /// The last request that wanted it, and the last whose answer told of it.
        std::uint64_t asked = 0;
        std::uint64_t answered = 0;
    };

    [[nodiscard]] key key_of(const fetch_item& item) const noexcept;
    [[nodiscard]] bool tell(const fetch_item& item);
    void forget(protocol::fetch_request& request);
    void start_over() noexcept;

    std::unordered_map<key, told, hash> known_;
    std::int32_t id_ = 0;
    /// 0: the next request begins a session, and ends the one with `id_`.
    std::int32_t epoch_ = 0;
    bool by_id_ = false;
    /// The request under way names everything.
    bool whole_ = true;
    std::uint64_t requests_ = 0;
};

KASIO_END_NAMESPACE
