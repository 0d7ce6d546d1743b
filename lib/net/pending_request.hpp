// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "net/session.hpp"

#include <kasio/answer.hpp>

#include <boost/asio/cancellation_type.hpp>

#include <atomic>
#include <memory>
#include <optional>

KASIO_BEGIN_NAMESPACE

/// A user's typed request on its way, whatever its type: to one connection, or to whichever broker of a
/// cluster it is for, perhaps several times. Its owner sends it, hears how each attempt ended, and finishes
/// it once.
///
/// Everything but `cancel` and `listen` happens on the strand of the owner.
class pending_request : public std::enable_shared_from_this<pending_request> {
public:
    pending_request(const protocol::api_info& api, const request_settings& settings)
        : api_{api}, settings_{settings} {}
    virtual ~pending_request() = default;
    pending_request(const pending_request&) = delete;
    pending_request& operator=(const pending_request&) = delete;

    [[nodiscard]] const protocol::api_info& api() const noexcept { return api_; }
    [[nodiscard]] const request_settings& settings() const noexcept { return settings_; }

    /// Before anything else, in the initiating call: from now on the handler's cancellation slot is heard.
    virtual void listen(const serial_executor& strand) = 0;
    /// One attempt. `ended` is called once, never inside this call: without error when the answer was read
    /// (it waits in here for `finish`). It may own anything but this request, which keeps it.
    using attempt_handler = unique_function<void(pending_request&, error_code)>;
    void send(session& line, time_point until, attempt_handler ended);
    /// Completes the handler on its executor, by `hand_over`. Only the first call counts.
    void finish(error_code error);
    [[nodiscard]] bool finished() const noexcept { return finished_; }
    /// Some attempt may have reached a broker.
    [[nodiscard]] bool maybe_sent() const noexcept { return maybe_sent_; }
    /// The error that the answer has at its top or in the items that tell whether the right broker was asked:
    /// the first that is not zero.
    [[nodiscard]] virtual error_code error_inside() const = 0;
    /// Called when it has been finished.
    void on_finished(unique_function<void()> call) { on_finished_ = std::move(call); }

protected:
    /// From any thread: ends the wait with `operation_aborted`. A request that was not written is withdrawn,
    /// the answer to one that was is dropped.
    void cancel();

    [[nodiscard]] virtual error_code encode(protocol::outgoing_frame& frame, std::int16_t version,
                                            const std::string& client_id) const = 0;
    /// False: no answer is due (Produce with acks=0).
    [[nodiscard]] virtual bool expects_reply() const = 0;
    [[nodiscard]] virtual error_code read(session& line, reply& raw) = 0;
    virtual void complete(error_code error) = 0;

    std::optional<serial_executor> strand_;

private:
    void on_reply(const std::shared_ptr<session>& line, error_code error, reply& raw);
    void on_cancelled();

    const protocol::api_info& api_;
    const request_settings settings_;
    attempt_handler ended_;
    unique_function<void()> on_finished_;
    std::weak_ptr<session> line_;
    request_id id_ = 0;
    bool cancelled_ = false;
    bool finished_ = false;
    bool maybe_sent_ = false;
};

KASIO_END_NAMESPACE
