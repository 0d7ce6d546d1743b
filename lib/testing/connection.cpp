// SPDX-License-Identifier: BSL-1.0
#include "testing/connection.hpp"

#include "protocol/any_message.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace asio = boost::asio;

namespace {

/// What a connection holds back of requests while one is under way; above that the client feels
/// back-pressure.
constexpr std::size_t max_held = 4 * 1024 * 1024;
/// Length field and api key.
constexpr std::size_t known_api_size = 6;

} // namespace

connection::connection(asio::ip::tcp::socket socket, std::shared_ptr<asio::ssl::context> tls,
                       connection_host& host, int node, std::uint64_t id)
    : line_{std::move(socket), std::move(tls)},
      timer_{line_.socket().get_executor()},
      byte_timer_{line_.socket().get_executor()},
      host_{host},
      node_{node},
      id_{id} {}

void connection::start() {
    boost::system::error_code ignored;
    line_.socket().set_option(asio::ip::tcp::no_delay{true}, ignored);
    cut_ = host_.state().rules.draw_connection_cut(node_);
    if (cut_ && cut_->bytes == 0 && cut_->side == cut_side::request) return reset();
    if (line_.is_encrypted()) return secure();
    greet();
    read();
}

void connection::greet() {
    auto bytes = host_.state().rules.draw_greeting(node_);
    if (!bytes) return;
    auto& greeting = output_.emplace_back();
    greeting.edited = *std::move(bytes);
    greeting.is_edited = true;
    write();
}

void connection::secure() {
    // Nothing else is read or written until it is over.
    reading_ = true;
    line_.async_handshake([self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
        self->reading_ = false;
        if (error) return self->close();
        self->greet();
        self->read();
    });
}

void connection::read() {
    const bool holds_much = stage_ != stage::idle && input_.size() >= request_size_ + max_held;
    if (closed_ || reading_ || holds_much) return;
    auto room = input_.prepare();
    if (cut_ && cut_->side == cut_side::request)
        room = room.first(std::min(room.size(), cut_->bytes - received_));
    reading_ = true;
    line_.async_read_some(
        asio::buffer(room.data(), room.size()),
        [self = shared_from_this()](const boost::system::error_code& error, std::size_t size) {
            self->reading_ = false;
            if (error) self->on_peer_left();
            else self->on_read(size);
        });
}

void connection::on_peer_left() {
    // A request that has come in is done, also when its client no longer waits for the answer.
    const bool is_produce = request_.header.api_key == static_cast<std::int16_t>(api::produce);
    orphaned_ = stage_ == stage::delayed && is_produce && !closed_;
    close();
}

void connection::abandon() {
    orphaned_ = false;
    timer_.cancel();
}

void connection::on_read(std::size_t size) {
    if (closed_) return;
    input_.commit(size);
    received_ += size;
    process();
    if (cut_ && cut_->side == cut_side::request && received_ >= cut_->bytes) return reset();
    read();
}

void connection::process() {
    if (processing_) return;
    processing_ = true;
    const auto self = shared_from_this();
    while (!closed_ && stage_ == stage::idle && !host_.is_paused(node_)) {
        if (gate_.expects_raw() ? input_.is_malformed(0) : input_.is_malformed()) {
            close();
            break;
        }
        if (is_cut_here()) {
            reset();
            break;
        }
        if (!input_.has_frame()) break;
        take_in(input_.bytes().first(input_.frame_size()));
    }
    processing_ = false;
}

bool connection::is_cut_here() {
    if (input_.size() < known_api_size || gate_.expects_raw()) return false;
    const auto key = load_big<std::int16_t>(input_.bytes().data() + input_buffer::length_size);
    return host_.state().rules.draw_request_cut(static_cast<api>(key), node_,
                                                std::min(input_.size(), input_.frame_size()));
}

void connection::take_in(std::span<const std::byte> frame) {
    request_ = {};
    request_.node = node_;
    request_.connection = id_;
    request_.gate = &gate_;
    if (!read_header(frame.subspan(input_buffer::length_size))) return close();
    request_size_ = frame.size();
    header_size_ = frame.size() - request_.body.size();
    request_record record;
    record.time = std::chrono::steady_clock::now();
    record.node = node_;
    record.connection = id_;
    record.api = static_cast<api>(request_.header.api_key);
    record.version = request_.header.api_version;
    record.correlation_id = request_.header.correlation_id;
    record.size = frame.size();
    record.client_id = request_.header.client_id.value_or("");
    record.targets = targets_of(host_.state(), request_);
    if (host_.state().options.print_requests)
        record.text = protocol::print_body(request_.header.api_key, protocol::message_kind::request,
                                           record.version, request_.body);
    action_ = host_.admit(std::move(record));
    // The hook may have killed this node.
    if (closed_) return;
    if (!may_go_on()) return close();
    if (action_.close) return reset();
    if (action_.drop) {
        stage_ = stage::silent;
        return;
    }
    deadline_ = {};
    if (action_.delay.count() > 0) {
        stage_ = stage::delayed;
        return start_timer(action_.delay);
    }
    execute(false);
}

bool connection::may_go_on() const {
    using namespace std::chrono;
    const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
    return gate_.expects_raw() ||
           gate_.admits(static_cast<api>(request_.header.api_key), host_.state().sasl, now);
}

bool connection::read_header(std::span<const std::byte> content) {
    if (!gate_.expects_raw())
        return !protocol::decode_request_header(content, request_.header, request_.body);
    request_.header.api_key = static_cast<std::int16_t>(api::sasl_authenticate);
    request_.header.api_version = -1;
    request_.body = content;
    return true;
}

void connection::execute(bool last_try) {
    // Where the request lies may have changed since it came: reading goes on meanwhile.
    request_.body = input_.bytes().first(request_size_).subspan(header_size_);
    answer_ = {};
    if (action_.raw_answer) {
        answer_.edited = *action_.raw_answer;
        answer_.is_edited = true;
        return act_on_answer();
    }
    const outcome result = dispatch(host_.state(), request_, action_, last_try, answer_);
    host_.settle();
    switch (result) {
        case outcome::answered: return act_on_answer();
        case outcome::unanswered: return finish_request();
        case outcome::waiting: return wait_for_records();
        case outcome::refused: return close();
    }
}

void connection::wait_for_records() {
    const auto now = std::chrono::steady_clock::now();
    if (stage_ != stage::waiting) deadline_ = now + max_wait(request_);
    if (deadline_ <= now) return execute(true);
    if (stage_ == stage::waiting) return;
    stage_ = stage::waiting;
    start_timer(std::chrono::ceil<std::chrono::milliseconds>(deadline_ - now));
}

void connection::wake() {
    if (stage_ == stage::waiting && !closed_ && !host_.is_paused(node_)) {
        execute(false);
        process();
    }
}

void connection::resume() {
    if (timer_due_) on_timer();
    else wake();
    process();
    read();
}

void connection::act_on_answer() {
    timer_.cancel();
    if (action_.drop_answer) {
        stage_ = stage::silent;
        return;
    }
    answer_.byte_interval = action_.byte_interval;
    if (action_.edit_answer || action_.cut_answer_after) {
        answer_.is_edited = true;
        for (std::size_t i = 0; i < answer_.frame.piece_count(); ++i) {
            const auto piece = answer_.frame.piece(i);
            answer_.edited.append(reinterpret_cast<const char*>(piece.data()), piece.size());
        }
        if (action_.edit_answer) action_.edit_answer(answer_.edited);
        if (closed_) return;
        if (action_.cut_answer_after) {
            answer_.edited.resize(std::min(answer_.edited.size(), *action_.cut_answer_after));
            answer_.resets_after = true;
        }
    }
    if (action_.delay_answer.count() > 0) {
        stage_ = stage::answer_delayed;
        return start_timer(action_.delay_answer);
    }
    send();
}

void connection::send() {
    const bool last = answer_.resets_after;
    output_.push_back(std::move(answer_));
    if (last) stage_ = stage::silent;
    else finish_request();
    if (!writing_) write();
}

void connection::finish_request() {
    input_.consume(request_size_);
    request_size_ = 0;
    stage_ = stage::idle;
    action_ = {};
    read();
}

void connection::start_timer(std::chrono::milliseconds delay) {
    timer_due_ = false;
    timer_.expires_after(delay);
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        if (error) return;
        if (std::exchange(self->orphaned_, false)) return self->execute_orphan();
        if (!self->closed_) self->on_timer();
    });
}

void connection::execute_orphan() {
    if (host_.is_paused(node_)) return;
    request_.body = input_.bytes().first(request_size_).subspan(header_size_);
    answer_ = {};
    static_cast<void>(dispatch(host_.state(), request_, action_, true, answer_));
    host_.settle();
}

void connection::on_timer() {
    timer_due_ = host_.is_paused(node_);
    if (timer_due_) return;
    switch (stage_) {
        case stage::delayed: execute(false); break;
        case stage::waiting:
            if (std::chrono::steady_clock::now() >= deadline_) execute(true);
            break;
        case stage::answer_delayed: send(); break;
        case stage::idle:
        case stage::silent: break;
    }
    process();
}

void connection::close() {
    if (std::exchange(closed_, true)) return;
    boost::system::error_code ignored;
    if (!orphaned_) timer_.cancel();
    byte_timer_.cancel();
    line_.socket().close(ignored);
    host_.on_closed(*this);
}

void connection::reset() {
    if (closed_) return;
    boost::system::error_code ignored;
    line_.socket().set_option(asio::socket_base::linger{true, 0}, ignored);
    close();
}

} // namespace testing
KASIO_END_NAMESPACE
