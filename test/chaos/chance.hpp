// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <random>

namespace chaos {

/// All that is left to chance in a run comes from its seed through one of these.
class chance {
public:
    explicit chance(std::uint64_t seed) : source_{seed} {}

    /// From `least` to `most`, both included.
    [[nodiscard]] int between(int least, int most) {
        const auto span = static_cast<std::uint64_t>(most - least) + 1;
        return least + static_cast<int>(source_() % span);
    }
    [[nodiscard]] bool one_in(int count) { return between(1, count) == 1; }
    [[nodiscard]] std::chrono::milliseconds milliseconds(int least, int most) {
        return std::chrono::milliseconds{between(least, most)};
    }
    template <class T>
    [[nodiscard]] T any_of(std::initializer_list<T> choices) {
        return choices.begin()[between(0, static_cast<int>(choices.size()) - 1)];
    }
    /// For somebody who draws on his own.
    [[nodiscard]] std::uint64_t seed() { return source_(); }

private:
    std::mt19937_64 source_;
};

} // namespace chaos
