// SPDX-License-Identifier: BSL-1.0
#include "net/handover.hpp"

#include <boost/asio/post.hpp>

KASIO_BEGIN_NAMESPACE

namespace {

/// The innermost one that is open on this thread.
thread_local handover* current = nullptr;

} // namespace

void hand_over(const boost::asio::any_io_executor& way_out, unique_function<void()> call) {
    if (current != nullptr) return current->take({way_out, std::move(call)});
    boost::asio::post(way_out, std::move(call));
}

handover::handover() noexcept : outer_{std::exchange(current, this)} {}

handover::~handover() {
    close();
    if (!only_) return;
    try {
        boost::asio::post(only_->way_out, std::move(only_->call));
    } catch (...) {
        // No memory for the post either: the handler is destroyed unrun.
    }
}

void handover::take(waiting next) {
    if (!only_ && !several_) {
        only_.emplace(std::move(next));
        return;
    }
    several_ = true;
    if (auto first = std::exchange(only_, std::nullopt))
        boost::asio::post(first->way_out, std::move(first->call));
    boost::asio::post(next.way_out, std::move(next.call));
}

void handover::leave() {
    close();
    if (auto only = std::exchange(only_, std::nullopt)) only->call();
}

void handover::close() noexcept {
    if (std::exchange(open_, false)) current = outer_;
}

KASIO_END_NAMESPACE
