// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/config.hpp>

#include <cstddef>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// A queue in one piece of memory that is reused: nothing is allocated once it has reached its working size
/// (`std::deque` allocates a block every few elements as it slides along).
template <class Element>
class fifo {
public:
    [[nodiscard]] bool empty() const noexcept { return head_ == items_.size(); }
    [[nodiscard]] std::size_t size() const noexcept { return items_.size() - head_; }
    [[nodiscard]] Element& front() noexcept { return items_[head_]; }
    [[nodiscard]] Element& operator[](std::size_t index) noexcept { return items_[head_ + index]; }
    [[nodiscard]] const Element& operator[](std::size_t index) const noexcept {
        return items_[head_ + index];
    }

    Element& push_back(Element&& element) {
        if (items_.size() == items_.capacity() && head_ >= items_.size() - head_) close_gap();
        return items_.emplace_back(std::move(element));
    }

    /// Takes the oldest element out.
    Element pop_front() {
        Element element = std::move(items_[head_]);
        ++head_;
        if (head_ == items_.size()) clear();
        return element;
    }

    /// Takes out the element at `index`, whatever its place.
    Element take(std::size_t index) {
        if (index == 0) return pop_front();
        Element element = std::move((*this)[index]);
        items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(head_ + index));
        return element;
    }

    void clear() noexcept {
        items_.clear();
        head_ = 0;
    }

private:
    /// Only when at least half of the memory is gap, so that each element moves at most once on average.
    void close_gap() {
        items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(head_));
        head_ = 0;
    }

    std::vector<Element> items_;
    std::size_t head_ = 0;
};

KASIO_END_NAMESPACE
