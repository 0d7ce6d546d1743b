// SPDX-License-Identifier: BSL-1.0
#include "chaos/writer.hpp"

#include "chaos/payload.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <iterator>
#include <utility>

namespace chaos {

namespace {

phase phase_of(kasio::fate fate) {
    switch (fate) {
        case kasio::fate::delivered: return phase::ok;
        case kasio::fate::not_sent: return phase::fail;
        case kasio::fate::unknown: break;
    }
    return phase::info;
}

phase phase_of(const kasio::error_code& error) { return error ? phase::info : phase::ok; }

} // namespace

writer::writer(std::shared_ptr<trial> world, int number, std::uint64_t seed, care taken)
    : world_{std::move(world)}, luck_{seed}, number_{number}, care_{taken}, idle_{world_->io} {}

void writer::open() {
    name_ = "w" + std::to_string(number_) + "." + std::to_string(++generation_);
    options_ = {};
    options_.linger = luck_.milliseconds(0, 4);
    options_.batch_size = static_cast<std::size_t>(luck_.any_of({200, 600, 4'000, 100'000}));
    options_.buffer_memory = static_cast<std::size_t>(luck_.any_of({4'000, 20'000, 1'000'000}));
    options_.max_request_size = static_cast<std::size_t>(luck_.any_of({3'000, 1'000'000}));
    options_.max_block = luck_.milliseconds(100, 1'000);
    options_.delivery_timeout = luck_.milliseconds(150, 2'000);
    options_.max_in_flight = luck_.between(1, 5);
    options_.compression = luck_.any_of({kasio::compression::none, kasio::compression::none,
                                         kasio::compression::lz4, kasio::compression::gzip});
    if (care_ != care::full) options_.idempotence = false;
    if (care_ == care::leader_only) options_.acks = kasio::acks::leader;
    options_.on_delivery = [weak = weak_from_this()](const kasio::delivery_report& report) {
        if (const auto self = weak.lock()) self->on_report(report);
    };
    tried_bytes_ = std::make_shared<std::int64_t>(0);
    if (!kafka_ || luck_.one_in(2)) kafka_.emplace(world_->io.get_executor(), world_->reach(luck_));
    out_.emplace(*kafka_, options_);
    world_->log.note({.process = name_, .what = "open"});
}

std::chrono::milliseconds writer::limit_of_send() const {
    return options_.max_block + options_.delivery_timeout + slack;
}

asio::awaitable<void> writer::work(int steps) {
    open();
    while (steps-- > 0) {
        step();
        while (closing_ != 0) co_await world_->pause(1ms);
        if (std::exchange(reopen_, false)) open();
        if (luck_.one_in(2)) co_await world_->pause(luck_.milliseconds(0, 6));
    }
}

void writer::step() {
    switch (luck_.between(1, 24)) {
        case 1:
        case 2:
        case 3:
        case 4:
        case 5:
        case 6: return send();
        case 7:
        case 8:
        case 9:
        case 10:
        case 11:
        case 12: return send_many();
        case 13:
        case 14:
        case 15:
        case 16: return try_send();
        case 17: return flush();
        case 18: return wait_writable();
        case 19:
        case 20:
        case 21: return cancel_something();
        case 22:
            close(luck_.milliseconds(0, 500));
            if (luck_.one_in(2)) send(); // refused, and told so
            if (luck_.one_in(3)) return open();
            reopen_ = true;
            return;
        case 23:
            if (luck_.one_in(3)) open(); // as if it had crashed
            return;
        default: return;
    }
}

writer::written writer::make_up(bool with_partition) {
    const auto& [topic, partitions] =
        world_
            ->topics[static_cast<std::size_t>(luck_.between(0, static_cast<int>(world_->topics.size()) - 1))];
    written made;
    made.topic = topic;
    made.value = world_->next_value++;
    if (with_partition) made.partition = luck_.between(0, partitions - 1);
    if (!luck_.one_in(4)) made.key = "k" + std::to_string(luck_.between(1, 20));
    const int filler = luck_.one_in(20) ? luck_.between(0, 2'500) : luck_.between(0, 60);
    made.bytes = bytes_of(made.value, topic, made.partition, static_cast<std::size_t>(filler));
    return made;
}

kasio::producer_record writer::record_of(const written& what) const {
    kasio::producer_record record;
    record.topic = what.topic;
    if (what.partition >= 0) record.partition = what.partition;
    if (!what.key.empty()) record.key = what.key;
    record.value = what.bytes;
    record.timestamp = kasio::timestamp{std::chrono::milliseconds{1'000'000 + what.value}};
    return record;
}

std::int64_t writer::begin(std::string what, std::chrono::milliseconds limit) {
    ++pending_;
    return world_->log.begin({.process = name_, .what = std::move(what)}, limit);
}

std::int64_t writer::begin_send(const written& what, std::int64_t group) {
    ++pending_;
    const auto key = what.partition < 0 ? what.topic : key_of(what.topic, what.partition);
    return world_->log.begin(
        {.process = name_, .what = "send", .key = key, .value = what.value, .group = group}, limit_of_send());
}

void writer::ended(std::int64_t operation, event what) {
    cancellable_.erase(operation);
    world_->log.end(operation, std::move(what));
    if (--pending_ == 0) idle_.cancel();
}

void writer::sent(std::int64_t operation, const written& what, const kasio::error_code& error,
                  const kasio::delivery& where) {
    event end{.process = name_, .phase = phase_of(where.fate), .what = "send", .value = what.value};
    end.key = where.partition < 0 ? what.topic : key_of(what.topic, where.partition);
    if (end.phase == phase::ok) end.offset = where.offset;
    if (error) end.text = kasio::error_name(error);
    ended(operation, std::move(end));
}

writer::signal writer::new_signal(std::int64_t operation) {
    auto made = std::make_shared<asio::cancellation_signal>();
    cancellable_[operation] = made;
    return made;
}

void writer::send() {
    auto what = std::make_shared<written>(make_up(luck_.one_in(4)));
    const auto record = record_of(*what);
    const auto operation = begin_send(*what, -1);
    // The signal lives as long as the handler.
    const auto cancellation = new_signal(operation);
    auto done = [self = shared_from_this(), operation, what, cancellation](kasio::error_code error,
                                                                           kasio::delivery where) {
        self->sent(operation, *what, error, where);
    };
    if (luck_.one_in(2)) {
        cancellable_.erase(operation);
        out_->async_send(record, std::move(done));
    } else {
        out_->async_send(record, asio::bind_cancellation_slot(cancellation->slot(), std::move(done)));
    }
    world_->log.begun();
}

void writer::send_many() {
    auto all = std::make_shared<std::vector<written>>();
    auto operations = std::make_shared<std::vector<std::int64_t>>();
    const int count = luck_.between(2, 20);
    const auto group = world_->next_value;
    const bool fixed = luck_.one_in(3);
    for (int i = 0; i < count; ++i) all->push_back(make_up(fixed));
    std::vector<kasio::producer_record> records;
    for (const auto& each : *all) {
        records.push_back(record_of(each));
        operations->push_back(begin_send(each, group));
    }
    const auto cancellation = new_signal(operations->front());
    auto done = [self = shared_from_this(), all, operations, cancellation](
                    kasio::error_code error, std::vector<kasio::send_result> results) {
        kasio::delivery unknown;
        unknown.fate = kasio::fate::unknown;
        for (std::size_t i = 0; i < all->size(); ++i) {
            const bool told = i < results.size();
            self->sent((*operations)[i], (*all)[i], told ? results[i].error : error,
                       told ? results[i].delivery : unknown);
        }
    };
    if (luck_.one_in(2)) {
        cancellable_.erase(operations->front());
        out_->async_send_many(records, std::move(done));
    } else {
        out_->async_send_many(records, asio::bind_cancellation_slot(cancellation->slot(), std::move(done)));
    }
    world_->log.begun();
}

void writer::try_send() {
    for (int left = luck_.between(1, 8); left > 0; --left) {
        const auto what = make_up(luck_.one_in(2));
        const auto operation = begin_send(what, -1);
        const auto size = static_cast<std::int64_t>(what.bytes.size());
        const auto time = 1'000'000 + what.value;
        tried_[time] = {operation, what, tried_bytes_};
        const auto error = out_->try_send(record_of(what));
        world_->log.begun();
        if (error) {
            tried_.erase(time);
            sent(operation, what, error, {});
            continue;
        }
        *tried_bytes_ += size;
        // What is taken lies within the budget, one record at most beyond it.
        world_->log.note({.process = name_,
                          .what = "budget",
                          .value = *tried_bytes_,
                          .offset = static_cast<std::int64_t>(options_.buffer_memory),
                          .group = size});
    }
}

void writer::on_report(const kasio::delivery_report& report) {
    for (const auto& where : report.deliveries) {
        const auto found = tried_.find(where.timestamp.time_since_epoch().count());
        if (found == tried_.end()) {
            world_->log.end(
                -1, {.process = name_, .phase = phase::ok, .what = "send", .text = "a report of nothing"});
            continue;
        }
        const auto which = std::move(found->second);
        tried_.erase(found);
        *which.taken -= static_cast<std::int64_t>(which.what.bytes.size());
        sent(which.operation, which.what, report.error, where);
    }
}

void writer::flush() {
    const auto operation = begin("flush", limit_of_send());
    const auto cancellation = new_signal(operation);
    out_->async_flush(asio::bind_cancellation_slot(
        cancellation->slot(), [self = shared_from_this(), operation, cancellation](kasio::error_code error) {
            self->ended(operation, {.process = self->name_, .phase = phase_of(error), .what = "flush"});
        }));
    world_->log.begun();
}

void writer::wait_writable() {
    const auto operation = begin("wait", limit_of_send());
    const auto cancellation = new_signal(operation);
    out_->async_wait_writable(asio::bind_cancellation_slot(
        cancellation->slot(), [self = shared_from_this(), operation, cancellation](kasio::error_code error) {
            self->ended(operation, {.process = self->name_, .phase = phase_of(error), .what = "wait"});
        }));
    world_->log.begun();
}

void writer::cancel_something() {
    if (cancellable_.empty()) return;
    auto which = cancellable_.begin();
    std::advance(which, luck_.between(0, static_cast<int>(cancellable_.size()) - 1));
    const auto chosen = which->second; // stays while its handler may run
    cancellable_.erase(which);
    chosen->emit(luck_.any_of({asio::cancellation_type::terminal, asio::cancellation_type::partial,
                               asio::cancellation_type::total}));
}

void writer::close(std::chrono::milliseconds limit) {
    const auto operation = begin("close", limit + slack);
    ++closing_;
    out_->async_close(limit, [self = shared_from_this(), operation](kasio::error_code error) {
        --self->closing_;
        self->ended(operation, {.process = self->name_, .phase = phase_of(error), .what = "close"});
    });
    world_->log.begun();
}

asio::awaitable<void> writer::finish() {
    flush();
    close(5s);
    while (pending_ != 0) {
        idle_.expires_after(1s);
        boost::system::error_code ignored;
        co_await idle_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_await kafka_->async_close(5s, asio::use_awaitable);
    out_.reset();
    kafka_.reset();
}

} // namespace chaos
