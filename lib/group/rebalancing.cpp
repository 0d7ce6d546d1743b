// SPDX-License-Identifier: BSL-1.0
// Partitions that come and go. On the strand.
//
// Giving up: nothing is handed out any more; the caller works off what it has, and comes back for more; that
// is committed; the hook runs; the partitions are forgotten, and only then the group may give them to others.
#include "group/consumer_group.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

KASIO_BEGIN_NAMESPACE

void consumer_group::start_giving_up(member_action& action) {
    const auto core = core_.lock();
    const auto made = std::make_shared<change>();
    made->partitions = std::move(action.partitions);
    made->gives_up = true;
    made->lost = action.lost;
    made->cause = action.cause;
    change_ = made;
    if (made->lost) {
        core->remove(made->partitions);
        forget(made->partitions);
        const bool told = made->cause == errc::poll_overdue || made->cause == errc::coordinator_unavailable ||
                          made->cause == errc::closed;
        if (!told) core->tell_group(errc::assignment_lost);
        made->at_rest = true;
        return run_give_up_hook(made);
    }
    core->hold(made->partitions, true);
    go_on_giving_up(made);
}

void consumer_group::go_on_giving_up(const change_ptr& what) {
    const auto core = core_.lock();
    if (what->at_rest || what->abandoned || !core) return;
    // Whoever closes or unsubscribes has done with what it has.
    const bool parts = closing_ || leaving_;
    if (!parts && core->in_hands(what->partitions)) return;
    what->at_rest = true;
    if (!options_.auto_commit) return run_give_up_hook(what);
    const auto limit =
        steady_clock::now() + std::min(cluster_->options().default_timeout, options_.max_poll_interval);
    commit_consumed(!parts, &what->partitions, std::min(close_end_, limit),
                    [self = shared_from_this(), what] { self->run_give_up_hook(what); });
}

void consumer_group::run_give_up_hook(const change_ptr& what) {
    if (what->abandoned || ended_) return;
    what->told = true;
    const auto& hook = what->lost && options_.on_lost ? options_.on_lost : options_.on_revoked;
    if (!hook) {
        // Not inside the call that the machine made.
        boost::asio::post(cluster_->strand(), [self = shared_from_this(), what] { self->settle(what); });
        return;
    }
    const auto told = std::make_shared<rebalance_state>(what->partitions, what->cause, core_);
    run_hook(cluster_, hook, rebalance{told},
             [self = shared_from_this(), what](bool failed) { self->on_hook_done(what, failed); });
}

/// Nothing waits for this hook.
void consumer_group::tell_lost(const partition_set& gone) {
    const auto& hook = options_.on_lost ? options_.on_lost : options_.on_revoked;
    if (!hook || ended_) return;
    const auto told = std::make_shared<rebalance_state>(gone, errc::assignment_lost, core_);
    run_hook(cluster_, hook, rebalance{told}, [weak = weak_from_this()](bool failed) {
        const auto self = weak.lock();
        const auto core = self && !self->ended_ ? self->core_.lock() : nullptr;
        if (failed && core) core->tell_group(errc::hook_failed);
    });
}

void consumer_group::on_hook_done(const change_ptr& what, bool failed) {
    const auto core = core_.lock();
    if (failed && core && !ended_) core->tell_group(errc::hook_failed);
    settle(what);
}

/// What was asked to be committed before the hook's end is committed before others get the partitions.
void consumer_group::settle(const change_ptr& what) {
    if (!what->gives_up || what->lost || what->abandoned || ended_) return finish(what);
    offsets_->commit({}, close_end_,
                     [self = shared_from_this(), what](error_code, const auto&) { self->finish(what); });
}

void consumer_group::forget(const partition_set& gone) {
    for (const auto& each : gone) {
        last_committed_.erase(each);
        held_since_.erase(each);
    }
}

void consumer_group::finish(const change_ptr& what) {
    const auto core = core_.lock();
    if (what->abandoned || ended_ || !core) return;
    if (change_ == what) change_.reset();
    if (what->gives_up) {
        if (!what->lost) core->remove(what->partitions);
        forget(what->partitions);
        act([](group_member& member, time_point now, member_actions& out) { member.on_given_up(now, out); });
    } else {
        core->hold(what->partitions, false);
        act([](group_member& member, time_point now, member_actions& out) { member.on_taken(now, out); });
    }
    core->go_on_reading();
}

void consumer_group::start_taking(member_action& action) {
    const auto core = core_.lock();
    const auto made = std::make_shared<change>();
    made->partitions = std::move(action.partitions);
    change_ = made;
    core->add(made->partitions);
    for (const auto& each : made->partitions) held_since_[each] = ++takings_;
    if (!options_.on_assigned) {
        boost::asio::post(cluster_->strand(), [self = shared_from_this(), made] { self->finish(made); });
        return;
    }
    const auto told = std::make_shared<rebalance_state>(made->partitions, error_code{}, core_);
    run_hook(cluster_, options_.on_assigned, rebalance{told},
             [self = shared_from_this(), made](bool failed) { self->on_hook_done(made, failed); });
}

/// What goes on counts as done; its hook may still run, and is not waited for.
void consumer_group::hurry() {
    const auto core = core_.lock();
    const auto what = std::exchange(change_, nullptr);
    if (!what || !core) return;
    what->abandoned = true;
    if (!what->gives_up) {
        core->hold(what->partitions, false);
    } else {
        if (!what->lost) core->remove(what->partitions);
        forget(what->partitions);
        // The end of each partition is told: the caller did not come back, or the commit took too long.
        if (!what->told) tell_lost(what->partitions);
    }
    core->go_on_reading();
}

KASIO_END_NAMESPACE
