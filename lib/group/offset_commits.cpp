// SPDX-License-Identifier: BSL-1.0
#include "group/offset_commits.hpp"

#include "cluster/metadata_cache.hpp"
#include "cluster/retry_policy.hpp"

#include <kasio/broker_error.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>

KASIO_BEGIN_NAMESPACE

offset_commits::offset_commits(std::shared_ptr<cluster_core> cluster, std::shared_ptr<coordinator_line> line,
                               std::weak_ptr<commit_owner> owner, bool require_stable)
    : cluster_{std::move(cluster)},
      line_{std::move(line)},
      owner_{std::move(owner)},
      require_stable_{require_stable} {}

void offset_commits::commit(std::vector<committed_offset> items, time_point deadline, done_type done,
                            wanted_type wanted) {
    if (ended_) return done(ended_, std::move(items));
    const auto made = std::make_shared<job>(
        job{commit_list{std::move(items)}, false, deadline, std::move(done), std::move(wanted)});
    if (const auto owner = owner_.lock()) {
        for (const auto& each : made->list.items()) made->held.push_back(owner->held_since(each.partition));
    }
    queue_.push_back(made);
    next();
}

void offset_commits::look_up(std::vector<committed_offset> items, time_point deadline, done_type done,
                             wanted_type wanted) {
    if (ended_) return done(ended_, std::move(items));
    const auto made = std::make_shared<job>(
        job{commit_list{std::move(items)}, true, deadline, std::move(done), std::move(wanted)});
    look_ups_.insert(made);
    step(made);
}

void offset_commits::next() {
    if (sending_ || queue_.empty()) return;
    sending_ = true;
    const auto first = queue_.front(); // which may leave the queue meanwhile
    step(first);
}

void offset_commits::hurry(time_point deadline) {
    for (const auto& each : queue_) each->deadline = std::min(each->deadline, deadline);
    for (const auto& each : look_ups_) each->deadline = std::min(each->deadline, deadline);
}

/// One attempt.
void offset_commits::step(const job_ptr& what) {
    if (what->over) return;
    if (what->wanted && !what->wanted()) return finish(what, boost::asio::error::operation_aborted);
    if (!what->list.open()) return finish(what);
    const auto now = steady_clock::now();
    if (now >= what->deadline) return again(what, errc::request_timed_out);
    if (line_->node() >= 0) return send(what);
    line_->find(what->deadline, [self = shared_from_this(), what](error_code error) {
        if (what->over) return;
        if (error) return self->again(what, error);
        self->send(what);
    });
}

void offset_commits::send(const job_ptr& what) {
    const auto owner = owner_.lock();
    if (!owner) return finish(what, errc::closed);
    const auto said = owner->identity();
    const auto until = std::min(what->deadline, steady_clock::now() + cluster_->options().request_timeout);
    const auto self = shared_from_this();
    if (what->asks) {
        line_->ask<protocol::offset_fetch_request>(
            purpose::coordinator, until, highest_for(*what),
            [self, what, said](std::int16_t version) {
                return what->list.fetch_request(said, self->require_stable_, version);
            },
            [self, what, said](error_code error, const protocol::offset_fetch_response& answer) {
                self->on_answer(what, error, said,
                                [&] { return what->list.on_fetch_answer(answer, said.group_id); });
            });
        return;
    }
    const auto& items = what->list.items();
    for (std::size_t at = 0; at < items.size(); ++at) {
        const auto since = owner->held_since(items[at].partition);
        if (since == 0 || since != what->held[at]) what->list.fail(at, errc::assignment_lost);
    }
    const auto highest = highest_for(*what);
    if (!what->list.open()) return finish(what);
    // With an instance id that an old broker has no place for the commit is not worth failing.
    constexpr std::int16_t first_with_instances = 7;
    line_->ask<protocol::offset_commit_request>(
        purpose::coordinator, until, highest,
        [what, said](std::int16_t version) {
            auto request = what->list.commit_request(said);
            if (version < first_with_instances) request.group_instance_id.reset();
            return request;
        },
        [self, what, said](error_code error, const protocol::offset_commit_response& answer) {
            self->on_answer(what, error, said, [&] { return what->list.on_commit_answer(answer); });
        });
}

/// What an offset to commit was of is settled when it is sent first. What was committed is asked for by
/// name once an id was refused: that must not wait for the metadata of a topic which nobody watches.
std::int16_t offset_commits::highest_for(job& what) const {
    const auto id_of = [&](const std::string& topic) {
        const auto* const known = cluster_->metadata().find(topic);
        return known == nullptr || (what.asks && what.id_refused) ? uuid{} : known->id;
    };
    const bool again = std::exchange(what.sent, true);
    return again && !what.asks ? what.list.keep_ids(id_of) : what.list.note_ids(id_of);
}

void offset_commits::on_answer(const job_ptr& what, error_code error, const group_identity& said,
                               const std::function<commit_list::verdict()>& read) {
    if (what->over) return;
    if (error) return again(what, error);
    const auto verdict = read();
    switch (verdict.step) {
        case commit_step::done:
        case commit_step::fail: return finish(what);
        case commit_step::again:
            if (verdict.cause == broker_errc::unknown_topic_id) {
                what->id_refused = true;
                cluster_->refresh_metadata();
            }
            return again(what, verdict.cause);
        case commit_step::find_again: line_->forget(); return again(what, verdict.cause);
        case commit_step::rejoining:
        case commit_step::not_member:
        case commit_step::replaced: break;
    }
    const auto owner = owner_.lock();
    // Known as somebody else since it was sent: again, as that.
    const bool changed = owner && owner->identity() != said;
    const bool hope = changed || what->asks || !owner || owner->on_refused(verdict.step, verdict.cause, said);
    if (hope) return again(what, verdict.cause);
    what->list.fail(verdict.cause);
    finish(what);
}

void offset_commits::again(const job_ptr& what, error_code cause) {
    if (what->over) return;
    if (cluster_->closed()) return finish(what, cluster_->ended());
    if (!what->first_cause) what->first_cause = cause;
    const auto when = steady_clock::now() + cluster_->retry_delay(std::min(what->attempts++, 16));
    // A line that is closed for being idle, at just that time, is not the end of anything.
    const bool foreign = cause.category() != broker_category();
    const bool mends = foreign
                           ? is_retriable(cause) || cause == errc::malformed_response || cause == errc::closed
                           : step_after_commit(static_cast<std::int16_t>(cause.value())) != commit_step::fail;
    if (!mends || when >= what->deadline) {
        // At the deadline, what went wrong first says more than what followed from it.
        what->list.fail(mends ? what->first_cause : cause);
        return finish(what);
    }
    cluster_->wait_until(when, [self = shared_from_this(), what](error_code ended) {
        if (ended) return self->finish(what, ended);
        self->step(what);
    });
}

void offset_commits::finish(const job_ptr& what, error_code whole) {
    if (std::exchange(what->over, true)) return;
    if (whole) what->list.fail(whole);
    const auto outcome = whole ? whole : what->list.outcome();
    if (what->asks) {
        look_ups_.erase(what);
    } else if (!queue_.empty() && queue_.front() == what) {
        queue_.pop_front();
        sending_ = false;
    }
    what->done(outcome, what->list.take());
    if (!what->asks && !ended_) next();
}

void offset_commits::end(error_code cause) {
    if (ended_) return;
    ended_ = cause;
    const auto self = shared_from_this();
    for (const auto& each : std::exchange(queue_, {})) finish(each, cause);
    for (const auto& each : std::exchange(look_ups_, {})) finish(each, cause);
}

void offset_commits::drop() noexcept {
    ended_ = boost::asio::error::operation_aborted;
    for (const auto& each : queue_) each->over = true;
    for (const auto& each : look_ups_) each->over = true;
    const auto commits = std::exchange(queue_, {});
    const auto asked = std::exchange(look_ups_, {});
}

KASIO_END_NAMESPACE
