// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/config.hpp>
#include <kasio/uuid.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// Finds what a request asked by what its answer calls it: by the partitions that *this* request named,
/// whatever metadata says by now. Answers mostly keep the order of the request; one that does not must not
/// cost the square of its length.
class answer_matcher {
public:
    /// A topic's name, or the bytes of its id; and the partition's number.
    using key = std::pair<std::string_view, std::int32_t>;
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    /// The texts must outlive it.
    explicit answer_matcher(std::vector<key> asked) : asked_{std::move(asked)} {}

    [[nodiscard]] static std::string_view text(const uuid& id) noexcept {
        return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
    }

    /// Its index; `none` when it was not asked for.
    [[nodiscard]] std::size_t find(const key& named) {
        if (expected_ < asked_.size() && asked_[expected_] == named) return expected_++;
        if (sorted_.empty()) sort();
        const auto before = [this](std::size_t at, const key& than) { return asked_[at] < than; };
        const auto place = std::lower_bound(sorted_.begin(), sorted_.end(), named, before);
        if (place == sorted_.end() || asked_[*place] != named) return none;
        expected_ = *place + 1;
        return *place;
    }

private:
    void sort() {
        sorted_.resize(asked_.size());
        std::iota(sorted_.begin(), sorted_.end(), std::size_t{0});
        std::sort(sorted_.begin(), sorted_.end(),
                  [this](std::size_t a, std::size_t b) { return asked_[a] < asked_[b]; });
    }

    std::vector<key> asked_;
    std::vector<std::size_t> sorted_;
    std::size_t expected_ = 0;
};

KASIO_END_NAMESPACE
