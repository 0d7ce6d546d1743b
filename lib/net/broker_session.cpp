// SPDX-License-Identifier: BSL-1.0
#include "net/broker_session.hpp"

#include "base/big_endian.hpp"
#include "net/capabilities.hpp"
#include "net/connector.hpp"
#include "net/read_size.hpp"
#include "net/send_typed.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <new>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

void call_failed(reply_handler& handler, error_code error, bool maybe_sent) {
    reply nothing;
    nothing.maybe_sent = maybe_sent;
    handler(error, nothing);
}

void post_failed(const serial_executor& executor, reply_handler handler, error_code error, bool maybe_sent) {
    boost::asio::post(executor, [handler = std::move(handler), error, maybe_sent]() mutable {
        call_failed(handler, error, maybe_sent);
    });
}

/// A stream that knows better says so with a code of ours (TLS: the broker refused this client).
error_code cause_of_loss(const error_code& error) {
    return error.category() == client_category() ? error : make_error_code(errc::connection_lost);
}

std::string request_text(const in_flight_info& info) {
    return "the request with api key " + std::to_string(info.api_key) + " v" + std::to_string(info.version);
}

} // namespace

std::shared_ptr<session> session::create(serial_executor executor, cluster_options options,
                                         std::shared_ptr<sasl_login> login) {
    if (!login) login = sasl_login::create(executor, options);
    options.sasl = {}; // secrets lie in one place
    return std::make_shared<broker_session>(std::move(executor), std::move(options), std::move(login));
}

void fail_later(session& line, reply_handler handler, error_code error) {
    post_failed(line.get_executor(), std::move(handler), error, false);
}

error_code pick_version(const session& line, const protocol::api_info& api, std::int16_t cap,
                        std::int16_t& version) {
    if (!line.is_open()) return line.cause() ? line.cause() : error_code{errc::closed};
    const auto picked = line.versions().pick(api, cap);
    if (!picked) return errc::unsupported_version;
    version = *picked;
    return {};
}

broker_session::broker_session(serial_executor executor, cluster_options options,
                               std::shared_ptr<sasl_login> login)
    : session{options.client_id},
      executor_{std::move(executor)},
      options_{std::move(options)},
      stream_{make_stream(executor_, options_)},
      timer_{executor_},
      login_{std::move(login)},
      buffers_{
          std::make_shared<read_buffer_pool>(options_.max_response_bytes + frame_splitter::length_bytes)},
      splitter_{options_.max_response_bytes},
      observer_{options_.observer.get()} {}

broker_session::~broker_session() = default;

// ---- writing

request_id broker_session::send(outgoing_request request) {
    error_code refused;
    if (state_ != state::open) refused = cause_ ? cause_ : error_code{errc::closed};
    // Once written, a request that is too late takes the whole line with it.
    else if (const auto now = steady_clock::now(); request.deadline <= now) refused = errc::request_timed_out;
    else if (renew_at_ && *renew_at_ <= now && !exchange_ && login_number_ == 0) {
        authenticate();
        if (state_ != state::open) refused = cause_;
    }
    if (!refused) return exchange_ ? hold(std::move(request)) : enqueue(std::move(request));
    post_failed(executor_, std::move(request.handler), refused, false);
    return 0;
}

request_id broker_session::enqueue(outgoing_request&& request, request_id id) {
    in_flight_info info;
    info.api_key = request.api_key;
    info.version = request.version;
    info.deadline = request.deadline;
    info.expects_reply = request.expects_reply;
    if (observer_ != nullptr) {
        info.bytes = request.frame.size();
        info.since = steady_clock::now();
    }
    const bool has_header = request.api_key >= 0;
    table_.add(info, std::move(request.handler), id);
    if (has_header) request.frame.set_correlation_id(table::correlation_id(id));
    line_.add(id, std::move(request.frame), std::move(request.pin));
    arm(info.deadline);
    if (muted_until_ != time_point{}) arm(muted_until_);
    if (!writing_) begin_writing();
    return id;
}

/// A request that is alone on the line is written right here, if the system takes it: to hear of it later
/// would cost another look at the sockets. With others under way that look is worth it, since what is queued
/// until then goes out in one write.
void broker_session::begin_writing() {
    const bool idle = table_.under_way() == 0;
    const auto pieces = next_pieces();
    if (!writing_) return;
    const bool alone = idle && table_.under_way() == 1 && table_.oldest() != nullptr;
    if (!alone) return stream_->write_some(pieces, when_written());
    if (const auto bytes = stream_->write_now(pieces, when_written())) on_written({}, *bytes);
}

void broker_session::write_more() {
    const auto pieces = next_pieces();
    if (writing_) stream_->write_some(pieces, when_written());
}

std::span<const boost::asio::const_buffer> broker_session::next_pieces() {
    const auto pieces = line_.gather([this] { table_.on_writing(); }, [this] { return may_begin(); });
    writing_ = !pieces.empty();
    return pieces;
}

transfer_handler broker_session::when_written() {
    auto self = std::static_pointer_cast<broker_session>(shared_from_this());
    return [self = std::move(self)](error_code error, std::size_t bytes) { self->on_written(error, bytes); };
}

bool broker_session::may_begin() const {
    if (table_.under_way() >= options_.max_pipelined) return false;
    return muted_until_ == time_point{} || muted_until_ <= steady_clock::now();
}

void broker_session::throttle(std::int16_t api_key, std::int16_t version, std::chrono::milliseconds time) {
    if (!client_throttles(api_key, version) || state_ != state::open) return;
    muted_until_ = std::max(muted_until_, steady_clock::now() + time);
    if (line_.has_queued()) arm(muted_until_);
    if (observer_ != nullptr) observer_->on_throttle(seen(), api_key, time);
}

void broker_session::on_written(error_code error, std::size_t bytes) {
    if (state_ == state::closed) {
        writing_ = false;
        line_.clear();
        return;
    }
    if (error) {
        writing_ = false;
        close_with(cause_of_loss(error), text_of_loss(error));
        return;
    }
    last_activity_ = steady_clock::now();
    // `writing_` stays true meanwhile: what the handlers send is gathered into the next write.
    line_.advance(bytes, [this](request_id id) {
        if (observer_ != nullptr) tell_written(id);
        auto done = table_.on_written(id);
        if (!done) return;
        reply nothing;
        nothing.version = done->info.version;
        done->payload({}, nothing);
    });
    if (state_ == state::closed) {
        writing_ = false;
        line_.clear();
        return;
    }
    write_more();
}

void broker_session::abandon(request_id id) {
    if (auto held = take_held(id)) {
        post_failed(executor_, std::move(held->handler), boost::asio::error::operation_aborted, false);
        return;
    }
    auto result = table_.abandon(id);
    if (result.withdrawn) line_.withdraw(id);
    if (result.payload)
        post_failed(executor_, std::move(*result.payload), boost::asio::error::operation_aborted,
                    !result.withdrawn);
}

// ---- reading

void broker_session::read_more() {
    boost::asio::mutable_buffer room;
    try {
        settle_buffer();
        const auto capacity = buffer_->capacity();
        room = buffer_->prepare(next_read_size(buffer_->size(), capacity, missing_, buffer_->max_size()));
    } catch (const std::bad_alloc&) {
        close_with(errc::not_enough_memory, "no memory for an answer of " + peer_);
        return;
    }
    stream_->read_some(room, [line = lifeline{*this}](error_code error, std::size_t bytes) mutable {
        const auto self = line.take();
        self->on_read(error, bytes);
    });
}

void broker_session::on_read(error_code error, std::size_t bytes) {
    if (state_ == state::closed) return;
    if (error) {
        close_with(cause_of_loss(error), text_of_loss(error));
        return;
    }
    last_activity_ = steady_clock::now();
    buffer_->commit(bytes);
    if (!take_frames()) return;
    // What the limit of requests under way has held back.
    if (!writing_ && line_.has_queued()) write_more();
    read_more();
}

bool broker_session::take_frames() {
    while (true) {
        const auto unread = buffer_->cdata();
        const auto found = splitter_.next({static_cast<const std::byte*>(unread.data()), unread.size()});
        if (found.error) {
            close_with(found.error, peer_ + " sent bytes that are no Kafka answer");
            return false;
        }
        missing_ = found.missing;
        if (!found.whole) return true;
        buffers_->note(found.frame.size());
        // The bytes stay where they are until the next read.
        buffer_->consume(frame_splitter::length_bytes + found.frame.size());
        if (!take_frame(found.frame)) return false;
    }
}

bool broker_session::take_frame(std::span<const std::byte> frame) {
    const auto* const next = table_.oldest();
    const auto correlation = !raw_answers_ ? load_big<std::int32_t>(frame.data())
                             : next        ? table::correlation_id(next->id)
                                           : -1;
    auto result = table_.on_answer(correlation);
    if (!result.matched) {
        const auto* const oldest = table_.oldest();
        close_with(
            errc::malformed_response,
            peer_ + " answered with correlation id " + std::to_string(correlation) + " where " +
                (oldest ? std::to_string(table::correlation_id(oldest->id)) : std::string{"no answer"}) +
                " was due");
        return false;
    }
    if (observer_ != nullptr) tell_answered(result.info, frame.size());
    if (result.answered) {
        reply answer{frame, result.answered->info.version, this, &broker_session::keep_buffer};
        answer.kept_bytes = buffer_->capacity();
        result.answered->payload({}, answer);
    }
    return state_ != state::closed;
}

/// Between two reads: a buffer whose bytes somebody keeps is left to them, a huge one is not kept for small
/// answers.
void broker_session::settle_buffer() {
    const auto unread = buffer_->cdata();
    const bool blown_up = unread.size() == 0 && buffer_->capacity() > buffers_->worth_keeping();
    if (!buffer_kept_ && !blown_up) return;
    auto next = buffers_->take();
    // Of a large frame nothing follows in the same read, so what is copied here is never much.
    if (unread.size() != 0) {
        boost::asio::buffer_copy(next->prepare(unread.size()), unread);
        next->commit(unread.size());
    }
    buffer_ = std::move(next);
    buffer_kept_ = false;
}

std::shared_ptr<const void> broker_session::keep_buffer(void* self) {
    auto& line = *static_cast<broker_session*>(self);
    line.buffer_kept_ = true;
    return line.buffer_;
}

// ---- ending

/// Armed for the earliest deadline and then left alone: a request that is answered in time costs no timer
/// call. While nothing is in flight it is not armed again.
void broker_session::arm(time_point when) {
    if (armed_for_ && *armed_for_ <= when) return;
    armed_for_ = when;
    timer_.expires_at(when);
    auto self = std::static_pointer_cast<broker_session>(shared_from_this());
    timer_.async_wait([self = std::move(self)](error_code error) {
        if (!error) self->on_timer();
    });
}

void broker_session::on_timer() {
    if (state_ == state::closed) return;
    armed_for_.reset();
    const auto now = steady_clock::now();
    if (state_ != state::open) {
        if (now >= connect_deadline_)
            close_with(errc::connect_timed_out, "out of time while " + connect_step());
        else arm(connect_deadline_);
        return;
    }
    on_overdue(now);
    if (state_ == state::closed) return;
    if (muted_until_ <= now) muted_until_ = {};
    if (!writing_ && line_.has_queued()) write_more();
    if (line_.has_queued() && muted_until_ != time_point{}) arm(muted_until_);
    if (const auto next = earliest_deadline()) arm(*next);
}

void broker_session::on_overdue(time_point now) {
    if (const auto* const late = table_.expired(now)) {
        close_with(errc::request_timed_out,
                   peer_ + " did not answer " + request_text(late->info) + " in time");
        return;
    }
    for (auto& late : table_.withdraw_expired(now)) {
        line_.withdraw(late.id);
        call_failed(late.payload, errc::request_timed_out, false);
    }
    withdraw_held(now);
}

void broker_session::close(error_code cause) {
    close_with(cause, "the connection with " + peer_ + " was closed");
}

void broker_session::close_with(error_code cause, std::string text) {
    if (state_ == state::closed) return;
    hung_up_ = state_ == state::negotiating && cause == errc::connection_lost;
    const bool was_open = std::exchange(state_, state::closed) == state::open;
    cause_ = cause;
    cause_text_ = std::move(text);
    if (observer_ != nullptr) tell_disconnected();
    // Taken out before anything is cancelled: an operation that is dropped lets go of the handlers still
    // here.
    auto ended = [requests = table_.fail_all(), held = std::exchange(held_, {}),
                  done = std::move(connect_done_),
                  told = was_open ? std::move(on_close_) : unique_function<void()>{}, cause]() mutable {
        for (auto& request : requests)
            call_failed(request.payload, cause, request.state != in_flight_state::queued);
        for (auto& each : held) call_failed(each.request.handler, cause, false);
        if (done) done(cause);
        if (told) told();
    };
    on_close_.reset();
    if (const auto search = connector_.lock()) search->cancel();
    if (login_number_ != 0) login_->abandon(std::exchange(login_number_, 0));
    exchange_.reset();
    timer_.cancel();
    stream_->close();
    if (writing_) line_.clear_queued();
    else line_.clear();
    boost::asio::post(executor_, std::move(ended));
}

void broker_session::on_close(unique_function<void()> handler) {
    if (state_ == state::closed) boost::asio::post(executor_, std::move(handler));
    else on_close_ = std::move(handler);
}

void broker_session::drop_unrun() noexcept {
    auto done = std::move(connect_done_);
    auto told = std::move(on_close_);
    auto requests = table_.fail_all();
    auto held = std::exchange(held_, {});
}

KASIO_END_NAMESPACE
