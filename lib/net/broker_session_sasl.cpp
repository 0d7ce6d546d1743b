// SPDX-License-Identifier: BSL-1.0
// Authentication, of a new connection and again of one in use (KIP-368).
//
// A connection in use goes on as ever while a token is waited for. From SaslHandshake on brokers take nothing
// else until they have accepted, so what is sent meanwhile is held back; what was sent before is answered
// first.
#include "net/broker_session.hpp"

#include "base/big_endian.hpp"
#include "protocol/codec.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <random>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

/// When to authenticate again, as a part of what the session may last. Java does between 85 and 95 %, but a
/// request that waits behind a long one in the broker is looked at late, and if too late the broker hangs up.
double renewal_part() {
    std::random_device random;
    return 0.7 + 0.1 * (static_cast<double>(random()) / static_cast<double>(std::random_device::max()));
}

} // namespace

void broker_session::authenticate() {
    if (state_ != state::open) state_ = state::authenticating;
    login_number_ = ~std::uint64_t{0}; // the call below may end before it gives the number
    const auto number =
        login_->prepare(host_, state_ == state::open, [weak = weak_from_this()](sasl_login::credentials got) {
            if (const auto self = weak.lock())
                static_cast<broker_session&>(*self).on_credentials(std::move(got));
        });
    if (login_number_ != 0) login_number_ = number;
}

void broker_session::on_credentials(sasl_login::credentials got) {
    login_number_ = 0;
    if (state_ == state::closed) return;
    if (got.error) return on_no_credentials(got);
    const auto& offered = negotiation_.offered();
    exchange_ = std::make_shared<sasl_exchange>(
        login_->mechanism(), std::move(got.machine),
        sasl_exchange::versions{offered.pick(protocol::sasl_handshake_request::api),
                                offered.pick(protocol::sasl_authenticate_request::api)});
    follow(exchange_->start());
}

void broker_session::on_no_credentials(const sasl_login::credentials& why) {
    const auto now = steady_clock::now();
    // There may be a token yet before the session ends.
    const auto pause =
        std::max<steady_clock::duration>((session_end_ - now) / 4, std::chrono::milliseconds{50});
    if (state_ == state::open && now + pause < session_end_) {
        renew_at_ = now + pause;
        return;
    }
    close_with(why.error, peer_ + ": " + why.text);
}

void broker_session::follow(sasl_exchange::step next) {
    using action = sasl_exchange::step::action;
    switch (next.what) {
        case action::send_handshake: return send_handshake();
        case action::send_authenticate: return send_token(std::move(next.token));
        case action::send_raw: return send_raw(std::move(next.token));
        case action::work: return work_later();
        case action::block: return work_elsewhere();
        case action::done: return on_authenticated();
        case action::fail: return on_refused(next);
    }
}

void broker_session::work_later() {
    boost::asio::post(executor_, [line = lifeline{*this}]() mutable {
        const auto self = line.take();
        if (self->exchange_) self->follow(self->exchange_->on_work());
    });
}

/// The exchange may live longer than the session cares for it.
void broker_session::work_elsewhere() {
    const auto exchange = exchange_;
    const auto next = std::make_shared<std::optional<sasl_exchange::step>>();
    login_->block([exchange, next] { next->emplace(exchange->on_work()); },
                  [weak = weak_from_this(), exchange, next] {
                      const auto self = std::static_pointer_cast<broker_session>(weak.lock());
                      if (self && self->exchange_ == exchange) self->follow(std::move(**next));
                  });
}

/// An answer that cannot be read ends the connection.
template <class Response>
bool broker_session::read_answer(const reply& answer, Response& to) {
    const auto failed = protocol::decode_response(answer.frame, answer.version, to);
    if (failed) close_with(failed, peer_ + " answered the authentication with bytes that make no sense");
    return !failed;
}

void broker_session::send_handshake() {
    protocol::sasl_handshake_request question;
    question.mechanism = login_->mechanism();
    outgoing_request request;
    request.api_key = protocol::sasl_handshake_request::api.key;
    request.version = exchange_->handshake_version();
    request.deadline =
        state_ == state::open ? steady_clock::now() + options_.request_timeout : connect_deadline_;
    if (const auto error = protocol::encode_request(request.frame, question, request.version, client_id()))
        return close_with(error, "cannot encode SaslHandshake");
    // A plain pointer, as in all of these: with an answer the session itself calls, with an error it is not
    // used.
    request.handler = [this](error_code error, reply& answer) {
        protocol::sasl_handshake_response said;
        if (!error && read_answer(answer, said)) follow(exchange_->on_handshake(said));
    };
    enqueue(std::move(request));
}

void broker_session::send_token(secret token) {
    protocol::sasl_authenticate_request question;
    question.auth_bytes = token.view();
    outgoing_request request;
    request.frame.keep_secret();
    request.api_key = protocol::sasl_authenticate_request::api.key;
    request.version = negotiation_.offered().pick(protocol::sasl_authenticate_request::api).value_or(0);
    authenticated_at_ = steady_clock::now();
    request.deadline =
        state_ == state::open ? authenticated_at_ + options_.request_timeout : connect_deadline_;
    if (const auto error = protocol::encode_request(request.frame, question, request.version, client_id()))
        return close_with(error, "cannot encode SaslAuthenticate");
    // A long one is borrowed by the frame.
    request.pin = std::make_shared<const secret>(std::move(token));
    request.handler = [this](error_code error, reply& answer) {
        protocol::sasl_authenticate_response said;
        if (!error && read_answer(answer, said)) follow(exchange_->on_authenticate(said));
    };
    enqueue(std::move(request));
}

void broker_session::send_raw(secret token) {
    raw_answers_ = true;
    splitter_.expect_raw(true);
    outgoing_request request;
    request.frame.keep_secret();
    request.deadline = connect_deadline_;
    store_big(request.frame.extend(frame_splitter::length_bytes), static_cast<std::int32_t>(token.size()));
    request.frame.copy(std::as_bytes(std::span{token.view()}));
    request.handler = [this](error_code error, reply& answer) {
        if (error) return;
        const std::string_view said{reinterpret_cast<const char*>(answer.frame.data()), answer.frame.size()};
        follow(exchange_->on_raw(said));
    };
    enqueue(std::move(request));
}

void broker_session::on_authenticated() {
    const auto lifetime = exchange_->lifetime();
    exchange_.reset();
    raw_answers_ = false;
    splitter_.expect_raw(false);
    renew_at_.reset();
    if (lifetime.count() > 0) {
        const auto wait = std::chrono::duration<double, std::milli>{lifetime} * renewal_part();
        renew_at_ = authenticated_at_ + std::chrono::duration_cast<steady_clock::duration>(wait);
        session_end_ = authenticated_at_ + lifetime;
    }
    if (observer_ != nullptr) tell_step(handshake_step::authenticated);
    if (state_ == state::open) release_held();
    else open();
}

void broker_session::on_refused(const sasl_exchange::step& why) {
    if (why.error == errc::authentication_failed) login_->on_refused();
    close_with(why.error, peer_ + ": " + why.text);
}

// ---- what is held back meanwhile

request_id broker_session::hold(outgoing_request&& request) {
    const auto id = table_.reserve();
    arm(request.deadline);
    held_.push_back({id, std::move(request)});
    return id;
}

void broker_session::release_held() {
    auto held = std::exchange(held_, {});
    for (auto& each : held) enqueue(std::move(each.request), each.id);
}

std::optional<outgoing_request> broker_session::take_held(request_id id) {
    const auto found =
        std::find_if(held_.begin(), held_.end(), [id](const auto& each) { return each.id == id; });
    if (found == held_.end()) return std::nullopt;
    auto request = std::move(found->request);
    held_.erase(found);
    return request;
}

/// Takes out what has run out of time.
void broker_session::withdraw_held(time_point now) {
    std::vector<held_request> late;
    std::erase_if(held_, [&](held_request& each) {
        const bool is_late = each.request.deadline <= now;
        if (is_late) late.push_back(std::move(each));
        return is_late;
    });
    for (auto& each : late) {
        reply nothing;
        nothing.maybe_sent = false;
        each.request.handler(errc::request_timed_out, nothing);
    }
}

std::optional<time_point> broker_session::earliest_deadline() const {
    auto earliest = table_.earliest_deadline();
    for (const auto& each : held_)
        if (!earliest || each.request.deadline < *earliest) earliest = each.request.deadline;
    return earliest;
}

KASIO_END_NAMESPACE
