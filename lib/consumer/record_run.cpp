// SPDX-License-Identifier: BSL-1.0
#include "consumer/record_run.hpp"

#include "net/handover.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/system/system_error.hpp>

#include <functional>
#include <string_view>

KASIO_BEGIN_NAMESPACE

namespace {

std::exception_ptr thrown_as(error_code error) {
    return std::make_exception_ptr(boost::system::system_error{error});
}

/// Unless the options say otherwise, the group of the consumer keeps the offsets.
record_loop_options with_group(const std::shared_ptr<consumer_core>& core, record_loop_options options) {
    if (options.commit || core->options().group_id.empty()) return options;
    options.commit = [weak = std::weak_ptr<consumer_core>{core}](std::vector<partition_offset> offsets,
                                                                 std::function<void(error_code)> done) {
        if (const auto to = weak.lock()) to->commit_finished(std::move(offsets), std::move(done));
        else done(errc::closed);
    };
    return options;
}

} // namespace

record_run::waiter::waiter(handler_type handler, const boost::asio::any_io_executor& fallback)
    : handler_{std::move(handler)},
      way_out_{fallback},
      executor_{boost::asio::prefer(boost::asio::get_associated_executor(handler_, fallback),
                                    boost::asio::execution::outstanding_work.tracked)} {}

void record_run::waiter::complete(std::exception_ptr why) {
    hand_over(way_out_, [executor = std::move(executor_), handler = std::move(handler_), why]() mutable {
        executor.execute([handler = std::move(handler), why]() mutable { std::move(handler)(why); });
    });
}

record_run::record_run(std::shared_ptr<consumer_core> from, record_loop_options options)
    : core_{std::move(from)},
      options_{with_group(core_, std::move(options))},
      executor_{core_->cluster()->user_executor()},
      strand_{executor_},
      queue_{options_.concurrency} {}

void record_run::start(record_loop::launch work, handler_type handler) {
    auto slot = boost::asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) {
        slot.assign([weak = weak_from_this()](boost::asio::cancellation_type) {
            if (const auto self = weak.lock()) self->stop();
        });
    }
    auto waiting = std::make_shared<waiter>(std::move(handler), executor_);
    boost::asio::post(strand_, [self = shared_from_this(), work = std::move(work), waiting]() mutable {
        self->begin(std::move(work), std::move(waiting));
    });
}

void record_run::stop() noexcept {
    if (core_->cluster()->context_gone()) return;
    try {
        boost::asio::post(strand_, [self = shared_from_this()] {
            self->end_with(boost::asio::error::operation_aborted);
            self->go_on();
        });
    } catch (...) {
        // No memory for the post: it goes on.
    }
}

void record_run::begin(record_loop::launch work, std::shared_ptr<waiter> waiting) {
    if (begun_) return waiting->complete(thrown_as(errc::invalid_argument));
    begun_ = true;
    work_ = std::move(work);
    waiting_ = std::move(waiting);
    committed_at_ = steady_clock::now();
    core_->tell_finished(true);
    go_on();
}

void record_run::go_on() {
    if (!waiting_) return;
    if (!stopping_) start_work();
    commit_when_due();
    if (!stopping_) poll();
    finish_when_done();
}

void record_run::poll() {
    const auto pending = queue_.waiting() + queue_.running();
    if (polling_ || starved_ || pending >= options_.max_pending) return;
    poll_limits limits;
    limits.max_records = options_.max_pending - pending;
    // Someone has to wake up to commit.
    if (!tracker_.idle() && options_.commit) limits.max_wait = options_.commit_interval;
    polling_ = true;
    core_->poll(limits, boost::asio::bind_cancellation_slot(
                            stop_poll_.slot(),
                            boost::asio::bind_executor(
                                strand_, [self = shared_from_this()](error_code error, fetched_records got) {
                                    self->on_polled(error, std::move(got));
                                })));
}

void record_run::on_polled(error_code error, fetched_records records) {
    polling_ = false;
    if (error == errc::budget_exceeded && queue_.running() > 0) {
        starved_ = true;
    } else if (error) {
        end_with(error);
    } else {
        for (const auto& event : records.events()) {
            if (options_.on_event) options_.on_event(event);
            else if (event.what == partition_event::kind::error) end_with(event.error);
        }
        if (!records.empty()) take(std::make_shared<const fetched_records>(std::move(records)));
        if (stopping_) queue_.drop_waiting();
    }
    go_on();
}

void record_run::take(const std::shared_ptr<const fetched_records>& records) {
    for (const auto& part : records->partitions()) {
        const topic_partition name{std::string{part.topic()}, part.partition()};
        const auto run = part.state_->parts[part.part_].run;
        const auto partition = std::hash<std::string_view>{}(part.topic()) ^
                               (static_cast<std::uint64_t>(part.partition()) * 0x9E3779B97F4A7C15ULL);
        for (const auto& record : part) {
            const auto ticket = tracker_.begin(name, run, record.offset(), record.leader_epoch());
            queue_.add(lane_of(record, partition), piece{record, records, ticket});
        }
        tracker_.pass(name, run, part.next_offset(), part.next_epoch());
    }
}

std::uint64_t record_run::lane_of(const record_view& record, std::uint64_t partition) noexcept {
    if (options_.order == record_order::by_partition) return partition;
    // Each without a key has a lane of its own. That another one may have the same number costs nothing but
    // some order that nobody asked for.
    if (record.key().is_null()) return ++next_lane_;
    return partition * 31 + std::hash<std::string_view>{}(record.key().view());
}

void record_run::start_work() {
    while (auto next = queue_.start()) {
        auto& [lane, work] = *next;
        // The bytes are kept until the record is finished.
        auto done = [self = shared_from_this(), lane = lane, work](std::exception_ptr thrown) {
            boost::asio::post(self->strand_, [self, lane, ticket = work.ticket, thrown] {
                self->on_worked(lane, ticket, thrown);
            });
        };
        try {
            work_(executor_, work.record, done);
        } catch (...) {
            // Before there was a coroutine.
            done(std::current_exception());
        }
    }
}

void record_run::on_worked(std::uint64_t lane, const finish_tracker::ticket& ticket,
                           std::exception_ptr thrown) {
    queue_.done(lane);
    starved_ = false;
    if (thrown) end_with(thrown);
    else if (tracker_.finish(ticket)) core_->finish({tracker_.progress(ticket)});
    go_on();
}

void record_run::commit_when_due() {
    if (!options_.commit || committing_) return;
    if (steady_clock::now() - committed_at_ >= options_.commit_interval) commit();
}

void record_run::commit() {
    core_->finish(tracker_.progress());
    auto offsets = tracker_.take_committable();
    // What is no longer read is another one's to commit.
    std::erase_if(offsets, [this](const auto& each) { return !core_->position(each.partition); });
    committed_at_ = steady_clock::now();
    if (offsets.empty()) return;
    committing_ = true;
    auto done = [self = shared_from_this(), offsets](error_code error) {
        boost::asio::post(self->strand_, [self, offsets, error] { self->on_committed(offsets, error); });
    };
    options_.commit(std::move(offsets), std::move(done));
}

void record_run::on_committed(const std::vector<partition_offset>& offsets, error_code error) {
    committing_ = false;
    if (error) tracker_.failed(offsets);
    go_on();
}

void record_run::end_with(error_code why) { end_with(thrown_as(why)); }

/// The first cause counts.
void record_run::end_with(std::exception_ptr why) {
    if (!why_) why_ = std::move(why);
    if (std::exchange(stopping_, true)) return;
    queue_.drop_waiting();
    stop_poll_.emit(boost::asio::cancellation_type::total);
}

void record_run::finish_when_done() {
    if (!stopping_ || polling_ || committing_ || queue_.running() > 0) return;
    if (options_.commit && !std::exchange(last_commit_, true)) {
        commit();
        if (committing_) return;
    }
    core_->finish(tracker_.progress());
    seek_back();
    core_->tell_finished(false);
    work_ = nullptr;
    std::exchange(waiting_, nullptr)->complete(why_);
}

/// Whoever polls next gets what was not finished.
void record_run::seek_back() {
    for (const auto& each : tracker_.unfinished())
        core_->seek(each.partition, start_position::at(each.offset));
}

namespace {

void check_loop(const record_loop_options& options) {
    if (options.concurrency > 0 && options.max_pending > 0 && options.commit_interval.count() > 0) return;
    throw boost::system::system_error{make_error_code(errc::invalid_option),
                                      "record_loop: limits and times must be positive"};
}

} // namespace

record_loop::record_loop(consumer& from, record_loop_options options) {
    check_loop(options);
    run_ = std::make_shared<record_run>(core_of(from), std::move(options));
}

record_loop& record_loop::operator=(record_loop&& other) noexcept {
    if (this != &other) {
        if (run_) run_->stop();
        run_ = std::move(other.run_);
    }
    return *this;
}

record_loop::~record_loop() {
    if (run_) run_->stop();
}

void record_loop::start(const std::shared_ptr<record_run>& run, launch work,
                        boost::asio::any_completion_handler<void(std::exception_ptr)> handler) {
    run->start(std::move(work), std::move(handler));
}

KASIO_END_NAMESPACE
