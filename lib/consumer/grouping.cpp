// SPDX-License-Identifier: BSL-1.0
// What a group does to its consumer, and what a consumer has committed. On the strand, but for `consumed`,
// `finish` and the functions that post there.
#include "consumer/consumer_core.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

KASIO_BEGIN_NAMESPACE

std::vector<consumed_position> consumer_core::consumed(bool worked_off) const {
    const std::lock_guard lock{mutex_};
    return positions_.consumed(worked_off);
}

void consumer_core::tell_finished(bool on) {
    boost::asio::post(cluster_->strand(), [self = shared_from_this(), on] {
        if (self->ended_) return;
        {
            const std::lock_guard lock{self->mutex_};
            self->positions_.told_by_finish(on);
            // What was given before, or is not to be worked on any more, is in nobody's hands.
            for (const auto& each : self->partitions_) {
                if (each->stream.expired()) positions::settle(*each->position);
            }
        }
        self->handed_out_.clear();
        if (self->group_) self->group_->on_worked_off();
    });
}

void consumer_core::finish(const std::vector<finished_position>& what) {
    bool empty_handed = false;
    {
        const std::lock_guard lock{mutex_};
        for (const auto& each : what) empty_handed = positions_.finish(each) || empty_handed;
    }
    if (!empty_handed || !group_ || cluster_->context_gone()) return;
    boost::asio::post(cluster_->strand(), [self = shared_from_this()] {
        if (!self->ended_) self->group_->on_worked_off();
    });
}

void consumer_core::commit_finished(std::vector<partition_offset> offsets,
                                    unique_function<void(error_code)> done) {
    boost::asio::post(cluster_->strand(), [self = shared_from_this(), offsets = std::move(offsets),
                                           done = std::move(done)]() mutable {
        if (self->ended_ || !self->group_) return done(self->ended_ ? self->ended_ : errc::invalid_argument);
        self->group_->commit(offsets, std::move(done));
    });
}

void consumer_core::assign_none() {
    {
        const std::lock_guard lock{mutex_};
        positions_.assign({});
    }
    track();
}

void consumer_core::add(const std::vector<topic_partition>& more) {
    {
        const std::lock_guard lock{mutex_};
        positions_.add(more);
    }
    track();
}

void consumer_core::hold(const std::vector<topic_partition>& which, bool held) {
    {
        const std::lock_guard lock{mutex_};
        positions_.hold(which, held);
    }
    track();
    for (auto& [node, each] : lines_) each.touch();
}

void consumer_core::remove(const std::vector<topic_partition>& gone) {
    {
        const std::lock_guard lock{mutex_};
        positions_.remove(gone);
    }
    track();
}

bool consumer_core::in_hands(const std::vector<topic_partition>& which) const {
    const std::lock_guard lock{mutex_};
    return positions_.in_hands(which);
}

std::vector<consumer_core::committed_question> consumer_core::awaiting_committed() const {
    std::vector<committed_question> all;
    const std::lock_guard lock{mutex_};
    for (const auto& each : partitions_) {
        const auto& position = *each->position;
        if (position.assigned && position.ask_committed && !position.held)
            all.push_back({each->position, position.version});
    }
    return all;
}

void consumer_core::on_committed(const committed_question& which, std::int64_t offset, std::int32_t epoch) {
    {
        const std::lock_guard lock{mutex_};
        if (!positions::on_committed(*which.position, which.version, offset, epoch)) return;
    }
    lookups_wanted_ = true;
}

void consumer_core::go_on_reading() {
    track();
    go_on();
}

bool consumer_core::waits_for_records() const noexcept {
    return poll_ != nullptr || std::any_of(streams_.begin(), streams_.end(),
                                           [](const auto& each) { return each.stream->waiting != nullptr; });
}

void consumer_core::tell_group(error_code what) {
    const auto same = [what](const told_event& each) {
        return each.event.what == partition_event::kind::group && each.event.error == what;
    };
    // One of a kind: nobody may be polling for long.
    if (std::none_of(events_.begin(), events_.end(), same)) {
        partition_event event;
        event.what = partition_event::kind::group;
        event.error = what;
        events_.push_back({nullptr, generation_, std::move(event)});
    }
    go_on();
}

void consumer_core::fail_waits(error_code error) {
    failed_ = error;
    if (!error) return;
    end_poll(error);
    for (const auto& each : streams_) each.stream->complete(error);
}

void consumer_core::tell_served() {
    if (group_ && !ended_) group_->on_served(waits_for_records());
}

bool consumer_core::may_hand_out() { return !group_ || group_->may_hand_out(steady_clock::now()); }

/// A poll begins: what former ones gave has been worked off.
void consumer_core::back_for_more() {
    if (!group_) return;
    {
        const std::lock_guard lock{mutex_};
        if (!positions_.told_by_finish()) {
            for (const auto& each : handed_out_) positions::settle(*each->position);
        }
    }
    handed_out_.clear();
    group_->on_back_for_more();
}

/// The same for one stream; one that ends says nothing of what it had.
void consumer_core::settle_stream(const stream_state& stream, bool worked_off) {
    {
        const std::lock_guard lock{mutex_};
        if (worked_off) positions::settle(*stream.position);
        else stream.position->in_hands = false;
    }
    group_->on_back_for_more();
}

KASIO_END_NAMESPACE
