// SPDX-License-Identifier: BSL-1.0
#include "consumer/consumer_core.hpp"

#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>

KASIO_BEGIN_NAMESPACE

namespace {

void check(bool valid, errc code, const char* what) {
    if (!valid) throw boost::system::system_error{make_error_code(code), what};
}

void check(const consumer_options& options) {
    using std::chrono::milliseconds;
    const auto positive = "consumer: byte limits must be positive";
    check(options.fetch_min_bytes >= 0, errc::invalid_option,
          "consumer: fetch_min_bytes must not be negative");
    check(options.fetch_max_wait >= milliseconds::zero() && options.fetch_max_wait <= std::chrono::hours{1},
          errc::invalid_option, "consumer: fetch_max_wait must be between zero and an hour");
    check(options.fetch_max_bytes > 0 && options.partition_fetch_bytes > 0, errc::invalid_option, positive);
    check(options.buffer_memory >= 1024, errc::invalid_option,
          "consumer: buffer_memory must be 1024 at least");
    check(options.max_batch_bytes > 0, errc::invalid_option, positive);
    check(options.offset_reset_duration >= milliseconds::zero(), errc::invalid_option,
          "consumer: offset_reset_duration must not be negative");
}

void check_start(start_position where) {
    check(positions::valid(where), errc::invalid_argument, "consumer: a start must not be negative");
}

purpose new_fetch_lane() noexcept {
    static std::atomic<std::uint32_t> made{0};
    return static_cast<purpose>(static_cast<std::uint32_t>(purpose::first_lane) +
                                made.fetch_add(1, std::memory_order_relaxed));
}

} // namespace

std::shared_ptr<consumer_core> consumer_core::create(std::shared_ptr<cluster_core> cluster,
                                                     consumer_options options) {
    check(options);
    auto core = std::make_shared<consumer_core>(std::move(cluster), std::move(options));
    core->memory_->on_room([weak = std::weak_ptr<consumer_core>{core}] {
        if (const auto self = weak.lock()) self->wake();
    });
    core->cluster_->retain();
    core->cluster_->add_listener(core);
    return core;
}

consumer_core::consumer_core(std::shared_ptr<cluster_core> cluster, consumer_options options)
    : cluster_{std::move(cluster)},
      options_{std::move(options)},
      fetch_lane_{new_fetch_lane()},
      memory_{std::make_shared<memory_count>(options_.buffer_memory)},
      positions_{options_.offset_reset, options_.offset_reset_duration} {
    positions_.use_committed(!options_.group_id.empty());
}

void consumer_core::assign(const std::vector<assignment>& wanted) {
    check(!ruled_, errc::invalid_argument, "consumer: what is subscribed says what is read");
    for (const auto& each : wanted) {
        check_start(each.from);
        check(each.partition.partition >= 0, errc::invalid_argument,
              "consumer: a partition must not be negative");
    }
    {
        const std::lock_guard lock{mutex_};
        positions_.assign(wanted);
    }
    wake();
}

void consumer_core::assign_topic(std::string topic, start_position from) {
    check(!ruled_, errc::invalid_argument, "consumer: what is subscribed says what is read");
    check_start(from);
    {
        const std::lock_guard lock{mutex_};
        positions_.assign_topic(std::move(topic), from);
    }
    wake();
}

error_code consumer_core::seek(const topic_partition& partition, start_position where) {
    {
        const std::lock_guard lock{mutex_};
        if (const auto error = positions_.seek(partition, where)) return error;
    }
    wake();
    return {};
}

error_code consumer_core::pause(const topic_partition& partition, bool paused) {
    {
        const std::lock_guard lock{mutex_};
        if (const auto error = positions_.pause(partition, paused)) return error;
    }
    wake();
    return {};
}

std::optional<std::int64_t> consumer_core::position(const topic_partition& partition) const {
    const std::lock_guard lock{mutex_};
    return positions_.position(partition);
}

std::optional<std::int64_t> consumer_core::lag(const topic_partition& partition) const {
    const std::lock_guard lock{mutex_};
    return positions_.lag(partition);
}

std::vector<topic_partition> consumer_core::assigned() const {
    const std::lock_guard lock{mutex_};
    return positions_.assigned();
}

consumer_metrics consumer_core::metrics() const {
    auto all = counts_.snapshot();
    all.used_memory = memory_->used();
    all.buffer_memory = memory_->limit();
    const std::lock_guard lock{mutex_};
    for (const auto& each : positions_.all()) {
        ++all.partitions;
        all.held_back += each->held_back;
        if (each->offset < 0 || each->end < 0) continue;
        const auto behind = std::max<std::int64_t>(each->end - each->offset, 0);
        all.lag += behind;
        all.largest_lag = std::max(all.largest_lag, behind);
    }
    return all;
}

void consumer_core::wake() {
    if (cluster_->context_gone() || wake_posted_.exchange(true)) return;
    try {
        boost::asio::post(cluster_->strand(), [self = shared_from_this()] { self->on_wake(); });
    } catch (...) {
        wake_posted_.store(false);
        throw;
    }
}

void consumer_core::on_wake() {
    wake_posted_.store(false);
    if (ended_) return;
    track();
    for (auto& [node, each] : lines_) each.touch();
    go_on();
}

KASIO_END_NAMESPACE
