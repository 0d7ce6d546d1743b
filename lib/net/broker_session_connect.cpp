// SPDX-License-Identifier: BSL-1.0
#include "net/broker_session.hpp"

#include "net/connector.hpp"
#include "protocol/codec.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

// What brokers accept here: letters, digits, '-' and '.', none of the latter two at an end (KIP-511).
constexpr const char* software_name = "kasio";
constexpr const char* software_version = "0.1.0";

} // namespace

void broker_session::connect(std::string host, std::uint16_t port, unique_function<void(error_code)> done) {
    if (state_ != state::idle) {
        const error_code refused = cause_ ? cause_ : error_code{errc::invalid_argument};
        boost::asio::post(executor_, [done = std::move(done), refused]() mutable { done(refused); });
        return;
    }
    state_ = state::connecting;
    host_ = std::move(host);
    const bool is_v6 = host_.find(':') != std::string::npos;
    peer_ = (is_v6 ? '[' + host_ + ']' : host_) + ':' + std::to_string(port);
    connect_done_ = std::move(done);
    last_activity_ = steady_clock::now();
    began_ = step_began_ = last_activity_;
    connect_deadline_ = last_activity_ + options_.connect_timeout;
    arm(connect_deadline_);
    if (login_) {
        if (const auto problem = login_->problem(); !problem.empty())
            return close_with(errc::invalid_option, problem);
    }
    const auto search = std::make_shared<connector>(executor_, stream_, make_name_service(executor_));
    connector_ = search;
    // Only of bootstrap servers the list may say an alias; nodes tell their names themselves.
    const bool canonical =
        node() < 0 && options_.dns_lookup == dns_lookup::resolve_canonical_bootstrap_servers_only;
    search->start(host_, port, {.family = options_.address_family, .canonical = canonical}, connect_deadline_,
                  [line = lifeline{*this}](error_code error, std::string text) mutable {
                      const auto self = line.take();
                      self->on_connected(error, std::move(text));
                  });
}

void broker_session::on_connected(error_code error, std::string text) {
    if (state_ == state::closed) return;
    if (error) {
        close_with(error, peer_ + ": " + text);
        return;
    }
    if (const auto search = connector_.lock(); search && search->name() != host_) {
        host_ = search->name();
        text = host_ + ", " + text;
    }
    if (peer_ != text) peer_ += " (" + text + ")";
    if (observer_ != nullptr) tell_step(handshake_step::connected);
    state_ = state::securing;
    stream_->handshake(host_, [line = lifeline{*this}](error_code failed) mutable {
        const auto self = line.take();
        self->on_secured(failed);
    });
}

void broker_session::on_secured(error_code error) {
    if (state_ == state::closed) return;
    if (error) {
        close_with(error, peer_ + ": " + stream_->why(error));
        return;
    }
    if (observer_ != nullptr) tell_step(handshake_step::secured);
    state_ = state::negotiating;
    buffer_ = buffers_->take();
    read_more();
    if (state_ != state::closed) ask_versions();
}

void broker_session::ask_versions() {
    protocol::api_versions_request question;
    question.client_software_name = software_name;
    question.client_software_version = software_version;
    outgoing_request request;
    request.api_key = protocol::api_versions_request::api.key;
    request.version = negotiation_.version();
    request.deadline = connect_deadline_;
    if (const auto error = protocol::encode_request(request.frame, question, request.version, client_id())) {
        close_with(error, "cannot encode ApiVersions");
        return;
    }
    // A plain pointer: with an answer the session itself calls, with an error it is not used.
    request.handler = [this](error_code error, reply& answer) {
        if (!error) on_versions(answer);
    };
    enqueue(std::move(request));
}

void broker_session::on_versions(reply& answer) {
    switch (negotiation_.on_answer(answer.frame)) {
        case version_negotiation::outcome::ask_again: ask_versions(); return;
        case version_negotiation::outcome::failed:
            close_with(negotiation_.error(), peer_ + ": " + negotiation_.error_text());
            return;
        case version_negotiation::outcome::done: break;
    }
    if (observer_ != nullptr) tell_step(handshake_step::negotiated);
    if (login_) authenticate();
    else open();
}

void broker_session::open() {
    state_ = state::open;
    if (observer_ != nullptr) tell_connected();
    auto done = std::move(connect_done_);
    done({});
}

std::string broker_session::connect_step() const {
    if (const auto search = connector_.lock(); search && state_ == state::connecting) return search->step();
    if (state_ == state::authenticating)
        return (login_number_ != 0 ? "waiting for a token to authenticate with " : "authenticating with ") +
               peer_;
    return (state_ == state::securing ? "securing the connection with "
                                      : "waiting for the first answer of ") +
           peer_;
}

std::string broker_session::text_of_loss(const error_code& error) const {
    const bool ended = error == boost::asio::error::eof;
    std::string text = peer_ + (ended ? " closed the connection" : ": " + stream_->why(error));
    // The guess goes into the text only: a broker that is just starting does the same.
    if (state_ == state::negotiating && error.category() != client_category())
        text +=
            " at the first request; is it a broker's port, for this kind of listener and "
            "authentication?";
    if (state_ == state::authenticating)
        text += " during authentication; brokers before Kafka 1.0 do so when they refuse";
    return text;
}

KASIO_END_NAMESPACE
