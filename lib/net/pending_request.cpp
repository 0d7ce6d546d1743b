// SPDX-License-Identifier: BSL-1.0
#include "net/pending_request.hpp"

#include "net/send_typed.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE

namespace {

/// Copies what the frame borrows, so that the bytes of the user's request need not outlive its wait: they
/// belong to the write from then on.
std::shared_ptr<const void> own(protocol::outgoing_frame& frame) {
    bool borrows = false;
    for (std::size_t i = 0; i != frame.piece_count(); ++i) {
        const auto piece = frame.piece(i);
        borrows = borrows || piece.data() < frame.own() || piece.data() >= frame.own() + frame.own_size();
    }
    if (!borrows) return nullptr;
    auto copy = std::make_shared<std::vector<std::byte>>();
    copy->reserve(frame.size());
    for (std::size_t i = 0; i != frame.piece_count(); ++i) {
        const auto piece = frame.piece(i);
        copy->insert(copy->end(), piece.begin(), piece.end());
    }
    // The head stays its own, since the session writes its correlation id there.
    constexpr std::size_t head = 12;
    frame.clear();
    frame.copy(std::span{*copy}.first(head));
    frame.borrow(std::span{*copy}.subspan(head));
    return copy;
}

} // namespace

void pending_request::send(session& line, time_point until, attempt_handler ended) {
    ended_ = std::move(ended);
    line_ = line.weak_from_this();
    outgoing_request raw;
    raw.handler = [self = shared_from_this(), at = line.weak_from_this()](error_code error, reply& answer) {
        self->on_reply(at.lock(), error, answer);
    };
    raw.api_key = api_.key;
    raw.deadline = until;
    raw.expects_reply = expects_reply();
    error_code error = pick_version(line, api_, settings_.max_version(), raw.version);
    if (!error) error = encode(raw.frame, raw.version, line.client_id());
    if (error) {
        id_ = 0;
        fail_later(line, std::move(raw.handler), error);
        return;
    }
    raw.pin = own(raw.frame);
    id_ = line.send(std::move(raw));
}

void pending_request::on_reply(const std::shared_ptr<session>& line, error_code error, reply& raw) {
    id_ = 0;
    if (error) maybe_sent_ = maybe_sent_ || raw.maybe_sent;
    else if (line) error = read(*line, raw);
    if (error && error == errc::malformed_response) {
        maybe_sent_ = true;
        if (line) line->close(error);
    }
    if (auto ended = std::exchange(ended_, nullptr)) ended(*this, error);
}

void pending_request::finish(error_code error) {
    if (std::exchange(finished_, true)) return;
    complete(error);
    if (auto call = std::exchange(on_finished_, nullptr)) call();
}

void pending_request::cancel() {
    boost::asio::post(*strand_, [self = shared_from_this()] { self->on_cancelled(); });
}

void pending_request::on_cancelled() {
    if (finished_ || std::exchange(cancelled_, true)) return;
    const auto line = line_.lock();
    if (id_ == 0 || !line) return finish(boost::asio::error::operation_aborted);
    // Its handler says whether it was withdrawn or had been written.
    ended_ = [](pending_request& self, error_code) { self.finish(boost::asio::error::operation_aborted); };
    line->abandon(id_);
}

KASIO_END_NAMESPACE
