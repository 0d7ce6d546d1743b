// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "net/frame_splitter.hpp"
#include "net/in_flight_table.hpp"
#include "net/read_buffer.hpp"
#include "net/sasl_exchange.hpp"
#include "net/sasl_login.hpp"
#include "net/session.hpp"
#include "net/stream.hpp"
#include "net/version_negotiation.hpp"
#include "net/write_line.hpp"

#include <kasio/observer.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

KASIO_BEGIN_NAMESPACE

class connector;

/// The session over a stream. Three chains of callbacks, each of which keeps the session alive: the connect
/// steps, the read that is always pending while there is a connection, and the write that is pending while
/// there is something to write. No coroutine: waking one would cost two more system calls a request.
class broker_session final : public session {
public:
    broker_session(serial_executor executor, cluster_options options, std::shared_ptr<sasl_login> login);
    ~broker_session() override;

    void ask_versions_from(std::int16_t version) override { negotiation_ = version_negotiation{version}; }
    [[nodiscard]] bool hung_up_at_first_request() const noexcept override { return hung_up_; }
    void connect(std::string host, std::uint16_t port, unique_function<void(error_code)> done) override;
    [[nodiscard]] bool is_open() const noexcept override { return state_ == state::open; }
    [[nodiscard]] error_code cause() const noexcept override { return cause_; }
    [[nodiscard]] const std::string& cause_text() const noexcept override { return cause_text_; }
    [[nodiscard]] const api_versions& versions() const noexcept override { return negotiation_.offered(); }
    request_id send(outgoing_request request) override;
    void abandon(request_id id) override;
    void throttle(std::int16_t api_key, std::int16_t version, std::chrono::milliseconds time) override;
    [[nodiscard]] std::size_t in_flight() const noexcept override { return table_.size() + held_.size(); }
    [[nodiscard]] time_point last_activity() const noexcept override { return last_activity_; }
    void close(error_code cause) override;
    void on_close(unique_function<void()> handler) override;
    [[nodiscard]] const serial_executor& get_executor() const noexcept override { return executor_; }

private:
    enum class state : std::uint8_t { idle, connecting, securing, negotiating, authenticating, open, closed };
    using table = in_flight_table<reply_handler>;
    class lifeline;
    /// A request that waits until the broker has accepted us anew.
    struct held_request {
        request_id id = 0;
        outgoing_request request;
    };

    // connecting (broker_session_connect.cpp)
    void on_connected(error_code error, std::string text);
    void on_secured(error_code error);
    void ask_versions();
    void on_versions(reply& answer);
    void open();
    [[nodiscard]] std::string connect_step() const;

    // authenticating, when connecting and again later (broker_session_sasl.cpp)
    void authenticate();
    void on_credentials(sasl_login::credentials got);
    void follow(sasl_exchange::step next);
    void send_handshake();
    void send_token(secret token);
    void send_raw(secret token);
    void work_later();
    void work_elsewhere();
    void on_authenticated();
    void on_refused(const sasl_exchange::step& why);
    void on_no_credentials(const sasl_login::credentials& why);
    template <class Response>
    [[nodiscard]] bool read_answer(const reply& answer, Response& to);
    request_id hold(outgoing_request&& request);
    void release_held();
    [[nodiscard]] std::optional<outgoing_request> take_held(request_id id);
    void withdraw_held(time_point now);

    // writing
    request_id enqueue(outgoing_request&& request) { return enqueue(std::move(request), table_.reserve()); }
    request_id enqueue(outgoing_request&& request, request_id id);
    void begin_writing();
    void write_more();
    [[nodiscard]] std::span<const boost::asio::const_buffer> next_pieces();
    [[nodiscard]] transfer_handler when_written();
    [[nodiscard]] bool may_begin() const;
    void on_written(error_code error, std::size_t bytes);

    // reading
    void read_more();
    void on_read(error_code error, std::size_t bytes);
    [[nodiscard]] bool take_frames();
    [[nodiscard]] bool take_frame(std::span<const std::byte> frame);
    void settle_buffer();
    static std::shared_ptr<const void> keep_buffer(void* self);

    // telling the observer (broker_session_observe.cpp)
    [[nodiscard]] observed_line seen() const;
    void tell_step(handshake_step step);
    void tell_connected();
    void tell_disconnected();
    void tell_written(request_id id);
    void tell_answered(const in_flight_info& info, std::size_t bytes);

    // ending
    void arm(time_point when);
    void on_timer();
    void on_overdue(time_point now);
    [[nodiscard]] std::optional<time_point> earliest_deadline() const;
    void close_with(error_code cause, std::string text);
    [[nodiscard]] std::string text_of_loss(const error_code& error) const;
    void drop_unrun() noexcept;

    const serial_executor executor_;
    const cluster_options options_;
    const std::shared_ptr<stream> stream_;
    std::weak_ptr<connector> connector_;
    steady_timer timer_;
    std::optional<time_point> armed_for_;

    state state_ = state::idle;
    std::string host_;
    std::string peer_;
    time_point connect_deadline_;
    unique_function<void(error_code)> connect_done_;
    unique_function<void()> on_close_;
    version_negotiation negotiation_;
    error_code cause_;
    std::string cause_text_;
    bool hung_up_ = false;

    const std::shared_ptr<sasl_login> login_;
    /// What `login_` was asked for and has not given yet; zero: nothing.
    std::uint64_t login_number_ = 0;
    /// Shared with what works for it elsewhere.
    std::shared_ptr<sasl_exchange> exchange_;
    /// Answers come without a header.
    bool raw_answers_ = false;
    /// Not later than the broker counts from.
    time_point authenticated_at_;
    /// From when on to authenticate again, and when the broker's patience ends; nothing: never.
    std::optional<time_point> renew_at_;
    time_point session_end_;
    std::vector<held_request> held_;

    table table_;
    write_line line_;
    bool writing_ = false;

    const std::shared_ptr<read_buffer_pool> buffers_;
    std::shared_ptr<read_buffer_pool::buffer> buffer_;
    bool buffer_kept_ = false;
    frame_splitter splitter_;
    std::size_t missing_ = 0;
    time_point last_activity_;
    /// No request is begun before, since the broker wants silence.
    time_point muted_until_{};

    observer* const observer_;
    std::uint64_t number_ = 0;
    time_point began_{};
    time_point step_began_{};
};

/// Keeps a session alive while an operation of it is pending. Destroyed without having been taken, which
/// happens only when its execution context is, it lets go of all handlers: they may own what owns the
/// session.
class broker_session::lifeline {
public:
    explicit lifeline(broker_session& self)
        : self_{std::static_pointer_cast<broker_session>(self.shared_from_this())} {}
    lifeline(lifeline&&) noexcept = default;
    lifeline& operator=(lifeline&&) = delete;
    ~lifeline() {
        if (self_) self_->drop_unrun();
    }
    [[nodiscard]] std::shared_ptr<broker_session> take() noexcept { return std::move(self_); }

private:
    std::shared_ptr<broker_session> self_;
};

KASIO_END_NAMESPACE
