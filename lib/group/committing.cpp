// SPDX-License-Identifier: BSL-1.0
// Offsets: what callers commit and ask for, what is committed without asking, where partitions begin. On the
// strand, but for the functions that post there.
#include "group/consumer_group.hpp"

#include <kasio/broker_error.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>

KASIO_BEGIN_NAMESPACE

namespace {

std::vector<committed_offset> to_commit(const std::vector<consumed_position>& positions) {
    std::vector<committed_offset> all;
    all.reserve(positions.size());
    for (const auto& each : positions) {
        all.emplace_back(each.partition, each.offset);
        all.back().leader_epoch = each.epoch;
    }
    return all;
}

} // namespace

void consumer_group::commit(std::optional<std::vector<committed_offset>> offsets, offsets_handler handler) {
    auto waiting =
        make_completion<std::vector<committed_offset>>(std::move(handler), cluster_->user_executor());
    if (!offsets) {
        // As things are at the call, not when the strand gets to it.
        const auto core = core_.lock();
        if (core) offsets = to_commit(core->consumed(false));
    }
    boost::asio::post(cluster_->strand(), [self = shared_from_this(), offsets = std::move(offsets),
                                           waiting = std::move(waiting)]() mutable {
        self->start_commit(std::move(offsets), std::move(waiting));
    });
}

void consumer_group::start_commit(std::optional<std::vector<committed_offset>> offsets,
                                  std::shared_ptr<offsets_completion> waiting) {
    auto given = std::move(offsets).value_or(std::vector<committed_offset>{});
    if (ended_) {
        waiting->complete(ended_, std::move(given));
        return;
    }
    const bool valid = std::all_of(given.begin(), given.end(), [](const committed_offset& each) {
        return each.offset >= 0 && each.partition.partition >= 0 && !each.partition.topic.empty();
    });
    if (!valid || options_.group_id.empty()) {
        waiting->complete(errc::invalid_argument, std::move(given));
        return;
    }
    offsets_->commit(
        std::move(given), steady_clock::now() + cluster_->options().default_timeout,
        [self = shared_from_this(), waiting](error_code error, std::vector<committed_offset> told) {
            self->tell_commit(error, told);
            waiting->complete(error, std::move(told));
        },
        [waiting] { return waiting->pending(); });
}

void consumer_group::commit(const std::vector<partition_offset>& offsets,
                            unique_function<void(error_code)> done) {
    std::vector<committed_offset> items;
    items.reserve(offsets.size());
    for (const auto& each : offsets) {
        items.emplace_back(each.partition, each.offset);
        items.back().leader_epoch = each.leader_epoch;
    }
    offsets_->commit(std::move(items), steady_clock::now() + cluster_->options().default_timeout,
                     [self = shared_from_this(), done = std::move(done)](
                         error_code error, const std::vector<committed_offset>& told) mutable {
                         self->tell_commit(error, told);
                         done(error);
                     });
}

void consumer_group::tell_commit(error_code outcome, const std::vector<committed_offset>& offsets) {
    for (const auto& each : offsets) {
        if (!each.error && !outcome) last_committed_[each.partition] = each.offset;
        else last_committed_.erase(each.partition);
    }
    if (!options_.on_commit || cluster_->context_gone()) return;
    boost::asio::post(cluster_->user_executor(),
                      [hook = options_.on_commit, outcome, offsets] { hook(outcome, offsets); });
}

void consumer_group::committed(std::vector<topic_partition> partitions, offsets_handler handler) {
    auto waiting =
        make_completion<std::vector<committed_offset>>(std::move(handler), cluster_->user_executor());
    boost::asio::post(cluster_->strand(), [self = shared_from_this(), partitions = std::move(partitions),
                                           waiting = std::move(waiting)]() mutable {
        self->start_committed(std::move(partitions), std::move(waiting));
    });
}

void consumer_group::start_committed(std::vector<topic_partition> partitions,
                                     std::shared_ptr<offsets_completion> waiting) {
    std::vector<committed_offset> asked;
    for (auto& each : partitions) asked.emplace_back(std::move(each), -1);
    const bool valid = std::all_of(asked.begin(), asked.end(), [](const committed_offset& each) {
        return each.partition.partition >= 0 && !each.partition.topic.empty();
    });
    if (ended_ || !valid || options_.group_id.empty()) {
        waiting->complete(ended_ ? ended_ : error_code{errc::invalid_argument}, std::move(asked));
        return;
    }
    offsets_->look_up(
        std::move(asked), steady_clock::now() + cluster_->options().default_timeout,
        [waiting](error_code error, std::vector<committed_offset> found) {
            waiting->complete(error, std::move(found));
        },
        [waiting] { return waiting->pending(); });
}

void consumer_group::look_for_committed() {
    const auto core = core_.lock();
    if (!core || ended_ || closing_) return;
    if (looking_up_) {
        look_up_again_ = true;
        return;
    }
    auto asked = core->awaiting_committed();
    if (asked.empty()) return;
    looking_up_ = true;
    std::vector<committed_offset> items;
    for (const auto& each : asked) items.emplace_back(each.position->name(), -1);
    offsets_->look_up(std::move(items), steady_clock::now() + cluster_->options().default_timeout,
                      [self = shared_from_this(), asked = std::move(asked)](
                          error_code error, const std::vector<committed_offset>& found) {
                          self->on_looked_up(asked, error, found);
                      });
}

/// A look-up that fails is never the end of an assignment: it is told, and tried again.
void consumer_group::on_looked_up(const std::vector<consumer_core::committed_question>& asked,
                                  error_code error, const std::vector<committed_offset>& found) {
    looking_up_ = false;
    const auto core = core_.lock();
    if (!core || ended_) return;
    for (const auto& each : asked) {
        const auto name = each.position->name();
        const auto place = std::lower_bound(found.begin(), found.end(), name,
                                            [](const committed_offset& item, const topic_partition& wanted) {
                                                return item.partition < wanted;
                                            });
        if (place == found.end() || place->partition != name || place->error) continue;
        core->on_committed(each, place->offset, place->leader_epoch);
        if (place->offset >= 0) last_committed_[name] = place->offset;
    }
    if (error) {
        core->tell_group(error);
        const auto when = steady_clock::now() + cluster_->retry_delay(std::min(look_up_failures_++, 16));
        cluster_->call_at(when, [weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->look_for_committed();
        });
    } else {
        look_up_failures_ = 0;
        if (std::exchange(look_up_again_, false)) look_for_committed();
    }
    core->go_on_reading();
}

void consumer_group::arm_auto_commit() {
    if (!options_.auto_commit || ended_ || closing_ || std::exchange(auto_commit_armed_, true)) return;
    cluster_->call_at(steady_clock::now() + options_.auto_commit_interval, [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self) return;
        self->auto_commit_armed_ = false;
        self->commit_automatically();
    });
}

void consumer_group::commit_automatically() {
    if (ended_ || closing_) return;
    arm_auto_commit();
    // What waits or is under way commits an older state, and a group that rebalances has it committed anyway:
    // the next turn takes the rest.
    const bool busy = !offsets_->idle() || change_ || (member_ && !member_->stable());
    if (!busy) commit_consumed(true, nullptr, steady_clock::now() + cluster_->options().default_timeout, {});
}

/// Commits what has moved on since the last time; `done` is called in any case.
void consumer_group::commit_consumed(bool worked_off, const partition_set* only, time_point deadline,
                                     unique_function<void()> done) {
    const auto core = core_.lock();
    auto items = core ? to_commit(core->consumed(worked_off)) : std::vector<committed_offset>{};
    std::erase_if(items, [this, only](const committed_offset& each) {
        const auto place = last_committed_.find(each.partition);
        if (place != last_committed_.end() && place->second == each.offset) return true;
        return only != nullptr && !std::binary_search(only->begin(), only->end(), each.partition);
    });
    if (items.empty()) {
        if (done) done();
        return;
    }
    offsets_->commit(std::move(items), deadline,
                     [self = shared_from_this(), done = std::move(done)](
                         error_code error, const std::vector<committed_offset>& told) mutable {
                         self->tell_commit(error, told);
                         const auto reader = self->core_.lock();
                         if (error && reader && !self->ended_ && !self->closing_) reader->tell_group(error);
                         if (done) done();
                     });
}

KASIO_END_NAMESPACE
