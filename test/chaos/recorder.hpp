// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "chaos/history.hpp"

#include <chrono>
#include <utility>

namespace chaos {

/// Writes the history of one run. One thread at a time.
class recorder {
public:
    /// Notes that an operation begins, which must end within `limit`, and gives its number. What ends it
    /// before `begun` is called ends it inside the call that begins it.
    std::int64_t begin(event what, std::chrono::milliseconds limit) {
        what.operation = next_++;
        what.phase = phase::invoke;
        what.time = now();
        what.until = what.time + std::chrono::nanoseconds{limit}.count();
        beginning_ = what.operation;
        events_.push_back(std::move(what));
        return next_ - 1;
    }
    void begun() { beginning_ = -1; }

    void end(std::int64_t operation, event what) {
        what.operation = operation;
        what.time = now();
        if (operation >= 0 && beginning_ == operation) what.text = "inside";
        events_.push_back(std::move(what));
    }

    void note(event what) {
        what.phase = phase::note;
        what.time = now();
        events_.push_back(std::move(what));
    }

    [[nodiscard]] const history& events() const { return events_; }

private:
    [[nodiscard]] std::int64_t now() const {
        return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start_)
            .count();
    }

    const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    history events_;
    std::int64_t next_ = 0;
    std::int64_t beginning_ = -1;
};

} // namespace chaos
