// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "net/fifo.hpp"

#include <kasio/config.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// Where a request stands.
///
///     queued --> writing --> waiting --> answered    the waiting line: matched in order
///     queued --> writing --> written                 acks=0: never in the waiting line
///     queued --> withdrawn                           abandoned or expired in time: no byte left
///     writing or waiting --> abandoned --> swallowed nobody listens, but the answer still comes
enum class in_flight_state : std::uint8_t {
    /// No byte of it was handed to the socket.
    queued,
    /// Handed to the socket; from here on its fate is unknown until its answer.
    writing,
    /// Written whole; its answer is outstanding.
    waiting,
    /// As `writing` or `waiting`, but its caller has gone.
    abandoned,
};

struct in_flight_info {
    std::int16_t api_key = -1;
    std::int16_t version = 0;
    std::chrono::steady_clock::time_point deadline;
    /// False for Produce with acks=0, which brokers never answer.
    bool expects_reply = true;
    /// For observers: the size of its frame, and when it was queued, then when it was written. Not kept
    /// without one.
    std::size_t bytes = 0;
    std::chrono::steady_clock::time_point since{};
};

/// The requests of one connection in the order they were sent, which is the order of their answers
/// (NetworkClient and InFlightRequests in Kafka). Brokers answer strictly in order, so an answer that does
/// not carry the correlation id of the oldest request means that the line cannot be trusted any more.
///
/// `Payload` is what the owner needs when the request ends (its handler). The bytes of a request are not
/// here: they belong to the write, which may outlive the entry.
template <class Payload>
class in_flight_table {
public:
    using time_point = std::chrono::steady_clock::time_point;

    struct entry {
        std::uint64_t id = 0;
        in_flight_info info;
        in_flight_state state = in_flight_state::queued;
        Payload payload;
    };
    struct match_result {
        /// False: the answer belongs to no request, the connection must be closed.
        bool matched = false;
        /// What was answered, whether somebody waits or not.
        in_flight_info info;
        /// Empty when the request had been abandoned: drop the answer.
        std::optional<entry> answered;
    };
    struct abandon_result {
        /// No byte was handed to the socket: the owner takes its bytes out of the line.
        bool withdrawn = false;
        /// Empty when there is no such request (any more).
        std::optional<Payload> payload;
    };

    /// The id a request has on the wire. Never negative: some brokers log negative ones as errors.
    [[nodiscard]] static constexpr std::int32_t correlation_id(std::uint64_t id) noexcept {
        return static_cast<std::int32_t>(id & 0x7fff'ffffU);
    }

    std::uint64_t add(const in_flight_info& info, Payload&& payload) {
        return add(info, std::move(payload), reserve());
    }
    /// An id for a request that is added later: before any that is reserved after it and still here then.
    [[nodiscard]] std::uint64_t reserve() noexcept { return next_id_++; }
    std::uint64_t add(const in_flight_info& info, Payload&& payload, std::uint64_t reserved) {
        entry added;
        added.id = reserved;
        added.info = info;
        added.payload = std::move(payload);
        queued_.push_back(std::move(added));
        return reserved;
    }

    /// The oldest queued request is handed to the socket. Precondition: there is one.
    void on_writing() {
        entry next = queued_.pop_front();
        next.state = in_flight_state::writing;
        (next.info.expects_reply ? line_ : unanswered_).push_back(std::move(next));
    }

    /// The last byte of request `id` was written. Gives the entry when no answer will come and somebody
    /// waits.
    std::optional<entry> on_written(std::uint64_t id) {
        if (!unanswered_.empty() && unanswered_.front().id == id) {
            entry written = unanswered_.pop_front();
            if (written.state == in_flight_state::abandoned) return std::nullopt;
            return written;
        }
        // An answer can overtake the confirmation of its own write: then the entry is gone already.
        const auto index = find(line_, id);
        if (index != none && line_[index].state == in_flight_state::writing)
            line_[index].state = in_flight_state::waiting;
        return std::nullopt;
    }

    /// An answer with this correlation id came.
    match_result on_answer(std::int32_t correlation) {
        if (line_.empty() || correlation_id(line_.front().id) != correlation) return {};
        match_result result;
        result.matched = true;
        entry head = line_.pop_front();
        result.info = head.info;
        if (head.state != in_flight_state::abandoned) result.answered.emplace(std::move(head));
        return result;
    }

    /// The oldest request whose answer is outstanding, or null.
    [[nodiscard]] const entry* oldest() const noexcept { return line_.empty() ? nullptr : &line_[0]; }

    /// The caller has gone. What was not handed to the socket is taken out; the answer to anything else will
    /// be swallowed, and its deadline goes on: a peer that never answers it is dead for all.
    abandon_result abandon(std::uint64_t id) {
        abandon_result result;
        if (const auto index = find(queued_, id); index != none) {
            result.withdrawn = true;
            result.payload.emplace(std::move(queued_.take(index).payload));
            return result;
        }
        for (auto* const sent : {&line_, &unanswered_}) {
            const auto index = find(*sent, id);
            if (index == none || (*sent)[index].state == in_flight_state::abandoned) continue;
            (*sent)[index].state = in_flight_state::abandoned;
            result.payload.emplace(std::exchange((*sent)[index].payload, Payload()));
        }
        return result;
    }

    /// When the next request runs out of time; empty when nothing is in flight.
    [[nodiscard]] std::optional<time_point> earliest_deadline() const noexcept {
        std::optional<time_point> earliest;
        for (const auto* const part : {&line_, &unanswered_, &queued_})
            for (std::size_t i = 0; i != part->size(); ++i)
                if (!earliest || (*part)[i].info.deadline < *earliest) earliest = (*part)[i].info.deadline;
        return earliest;
    }

    /// A request that was handed to the socket and has run out of time, or null. Later answers could not be
    /// told apart from its own, so the connection must be closed.
    [[nodiscard]] const entry* expired(time_point now) const noexcept {
        for (const auto* const part : {&line_, &unanswered_})
            for (std::size_t i = 0; i != part->size(); ++i)
                if ((*part)[i].info.deadline <= now) return &(*part)[i];
        return nullptr;
    }

    /// Takes out what has run out of time before any of its bytes were handed to the socket.
    std::vector<entry> withdraw_expired(time_point now) {
        std::vector<entry> late;
        for (std::size_t i = 0; i != queued_.size();)
            if (queued_[i].info.deadline <= now) late.push_back(queued_.take(i));
            else ++i;
        return late;
    }

    /// The connection ends: everything somebody waits for, oldest first.
    std::vector<entry> fail_all() {
        std::vector<entry> ended;
        // Requests that expect no answer may be younger or older than those that do: ids give the order.
        std::size_t from_line = 0;
        std::size_t from_unanswered = 0;
        while (from_line != line_.size() || from_unanswered != unanswered_.size()) {
            const bool take_line =
                from_unanswered == unanswered_.size() ||
                (from_line != line_.size() && line_[from_line].id < unanswered_[from_unanswered].id);
            entry& next = take_line ? line_[from_line++] : unanswered_[from_unanswered++];
            if (next.state != in_flight_state::abandoned) ended.push_back(std::move(next));
        }
        for (std::size_t i = 0; i != queued_.size(); ++i) ended.push_back(std::move(queued_[i]));
        line_.clear();
        unanswered_.clear();
        queued_.clear();
        return ended;
    }

    [[nodiscard]] std::size_t size() const noexcept {
        return line_.size() + unanswered_.size() + queued_.size();
    }
    /// Handed to the socket, and not answered or (without an answer to come) not written.
    [[nodiscard]] std::size_t under_way() const noexcept { return line_.size() + unanswered_.size(); }
    /// What was handed to the socket; null when it is not here (any more).
    [[nodiscard]] in_flight_info* sent_info(std::uint64_t id) noexcept {
        for (auto* const part : {&line_, &unanswered_})
            if (const auto index = find(*part, id); index != none) return &(*part)[index].info;
        return nullptr;
    }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    [[nodiscard]] std::optional<in_flight_state> state(std::uint64_t id) const noexcept {
        for (const auto* const part : {&line_, &unanswered_, &queued_})
            if (const auto index = find(*part, id); index != none) return (*part)[index].state;
        return std::nullopt;
    }

private:
    static constexpr auto none = static_cast<std::size_t>(-1);

    /// Ids rise along each part.
    [[nodiscard]] static std::size_t find(const fifo<entry>& part, std::uint64_t id) noexcept {
        std::size_t low = 0;
        std::size_t high = part.size();
        while (low < high) {
            const auto middle = low + (high - low) / 2;
            if (part[middle].id < id) low = middle + 1;
            else high = middle;
        }
        return low != part.size() && part[low].id == id ? low : none;
    }

    fifo<entry> queued_;
    fifo<entry> line_;
    fifo<entry> unanswered_;
    std::uint64_t next_id_ = 1;
};

KASIO_END_NAMESPACE
