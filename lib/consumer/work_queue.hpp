// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/config.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <utility>

KASIO_BEGIN_NAMESPACE

/// Work in lanes: one piece of a lane after the other, lanes side by side and in turn, so many pieces at a
/// time.
template <class Work>
class work_queue {
public:
    explicit work_queue(std::size_t side_by_side) noexcept : most_{side_by_side} {}

    void add(std::uint64_t lane, Work work) {
        auto& found = lanes_[lane];
        if (found.waiting.empty() && !found.busy) turns_.push_back(lane);
        found.waiting.push_back(std::move(work));
        ++waiting_;
    }
    /// The next piece, with its lane, which is busy until `done`; nothing when none may begin now.
    std::optional<std::pair<std::uint64_t, Work>> start() {
        if (running_ == most_ || turns_.empty()) return std::nullopt;
        const auto lane = turns_.front();
        turns_.pop_front();
        auto& found = lanes_.find(lane)->second;
        std::pair<std::uint64_t, Work> next{lane, std::move(found.waiting.front())};
        found.waiting.pop_front();
        found.busy = true;
        --waiting_;
        ++running_;
        return next;
    }
    void done(std::uint64_t lane) {
        --running_;
        const auto place = lanes_.find(lane);
        place->second.busy = false;
        if (place->second.waiting.empty()) lanes_.erase(place);
        else turns_.push_back(lane);
    }
    /// Forgets what has not begun.
    void drop_waiting() {
        turns_.clear();
        waiting_ = 0;
        for (auto& [lane, found] : lanes_) found.waiting.clear();
    }
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }
    [[nodiscard]] std::size_t running() const noexcept { return running_; }

private:
    struct one_lane {
        std::deque<Work> waiting;
        bool busy = false;
    };
    std::size_t most_;
    std::unordered_map<std::uint64_t, one_lane> lanes_;
    std::deque<std::uint64_t> turns_;
    std::size_t waiting_ = 0;
    std::size_t running_ = 0;
};

KASIO_END_NAMESPACE
