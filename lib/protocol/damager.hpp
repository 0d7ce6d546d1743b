// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "protocol/surveyor.hpp"

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>

KASIO_BEGIN_NAMESPACE
namespace protocol {

/// Damages encoded messages, mostly where it matters: lengths, counts, marks and tags become what a hostile
/// or broken peer would write there. The rest is what lines do: bytes changed, lost, repeated, or cut off.
class damager {
public:
    explicit damager(std::uint64_t seed) : random_{seed} {}

    /// `places` is the survey of what `bytes` hold. One to three damages.
    [[nodiscard]] std::string damaged(std::string bytes, std::span<const place> places);

private:
    void damage_place(std::string& bytes, const place& at);
    void damage_anywhere(std::string& bytes);
    /// Near the truth, near what the bytes can hold, or at an edge of the type.
    [[nodiscard]] std::int64_t wrong_value(std::int64_t right, std::size_t bytes_behind);
    [[nodiscard]] std::size_t below(std::size_t bound) { return random_() % bound; }

    std::mt19937_64 random_;
};

} // namespace protocol
KASIO_END_NAMESPACE
