// SPDX-License-Identifier: BSL-1.0
#include "group/coordinator_line.hpp"

#include <atomic>

KASIO_BEGIN_NAMESPACE

namespace {

/// Apart from the lanes of consumers' fetches.
purpose new_lane() noexcept {
    static std::atomic<std::uint32_t> made{0x8000'0000U};
    return static_cast<purpose>(made.fetch_add(1, std::memory_order_relaxed));
}

} // namespace

coordinator_line::coordinator_line(std::shared_ptr<cluster_core> cluster, std::string group_id)
    : cluster_{std::move(cluster)}, group_id_{std::move(group_id)}, lane_{new_lane()} {}

void coordinator_line::find(time_point deadline, unique_function<void(error_code)> done) {
    cluster_->async_coordinator(
        coordinator_kind::group, group_id_, deadline,
        [self = shared_from_this(), done = std::move(done)](error_code error, std::int32_t node) mutable {
            if (!error) self->node_ = node;
            done(error);
        },
        given_up_);
}

void coordinator_line::forget() {
    if (node_ >= 0) cluster_->forget_coordinator(coordinator_kind::group, group_id_, node_);
    node_ = -1;
}

void coordinator_line::close_lane() {
    if (node_ < 0) return;
    if (const auto line = cluster_->open_session(node_, lane_)) line->close(errc::closed);
}

KASIO_END_NAMESPACE
