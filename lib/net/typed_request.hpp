// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "net/handover.hpp"
#include "net/pending_request.hpp"
#include "protocol/codec.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/detail/request_operation.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>

#include <memory>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace protocol {
struct create_delegation_token_response;
struct describe_delegation_token_response;
struct describe_groups_response;
struct fetch_response;
struct join_group_response;
struct sasl_authenticate_response;
struct share_fetch_response;
struct sync_group_response;
} // namespace protocol

/// Responses with bytes in them, which are views of the frame (test/guards/views.py compares the list).
template <class Response>
inline constexpr bool holds_views = false;
template <>
inline constexpr bool holds_views<protocol::fetch_response> = true;
template <>
inline constexpr bool holds_views<protocol::share_fetch_response> = true;
template <>
inline constexpr bool holds_views<protocol::join_group_response> = true;
template <>
inline constexpr bool holds_views<protocol::sync_group_response> = true;
template <>
inline constexpr bool holds_views<protocol::describe_groups_response> = true;
template <>
inline constexpr bool holds_views<protocol::sasl_authenticate_response> = true;
template <>
inline constexpr bool holds_views<protocol::create_delegation_token_response> = true;
template <>
inline constexpr bool holds_views<protocol::describe_delegation_token_response> = true;

/// The first code that is not zero at the top of an answer, or in its topics, partitions, groups, ...: enough
/// to see whether the broker that was asked is the one to ask.
template <class Message>
std::int16_t first_code(const Message& message) noexcept {
    const auto first_of = [](const auto& items) {
        for (const auto& each : items) {
            if (const auto code = first_code(each)) return code;
        }
        return std::int16_t{0};
    };
    std::int16_t code = 0;
    if constexpr (requires { message.error_code + 0; }) code = message.error_code;
    if constexpr (requires { message.topics.begin(); }) code = code ? code : first_of(message.topics);
    if constexpr (requires { message.partitions.begin(); }) code = code ? code : first_of(message.partitions);
    if constexpr (requires { message.groups.begin(); }) code = code ? code : first_of(message.groups);
    if constexpr (requires { message.results.begin(); }) code = code ? code : first_of(message.results);
    if constexpr (requires { message.responses.begin(); }) code = code ? code : first_of(message.responses);
    if constexpr (requires { message.results_by_topic_v3_and_below.begin(); })
        code = code ? code : first_of(message.results_by_topic_v3_and_below);
    if constexpr (requires { message.results_by_partition.begin(); })
        code = code ? code : first_of(message.results_by_partition);
    if constexpr (requires { message.partition_error_code + 0; })
        code = code ? code : message.partition_error_code;
    return code;
}

template <class Request>
class typed_request final : public pending_request {
public:
    using response = typename Request::response_type;
    using handler_type = answer_handler<Request>;

    typed_request(Request&& request, const request_settings& settings, handler_type&& handler,
                  const boost::asio::any_io_executor& fallback)
        : pending_request{Request::api, settings},
          request_{std::move(request)},
          handler_{std::move(handler)},
          way_out_{fallback},
          executor_{boost::asio::prefer(boost::asio::get_associated_executor(handler_, fallback),
                                        boost::asio::execution::outstanding_work.tracked)} {}

    void listen(const serial_executor& strand) override {
        strand_.emplace(strand);
        auto slot = boost::asio::get_associated_cancellation_slot(handler_);
        if (!slot.is_connected()) return;
        slot.assign([weak = this->weak_from_this()](boost::asio::cancellation_type) {
            if (const auto self = weak.lock()) static_cast<typed_request&>(*self).cancel();
        });
    }
    [[nodiscard]] error_code error_inside() const override { return from_broker(first_code(answer_.body_)); }

protected:
    error_code encode(protocol::outgoing_frame& frame, std::int16_t version,
                      const std::string& client_id) const override {
        return protocol::encode_request(frame, request_, version, client_id);
    }
    bool expects_reply() const override {
        if constexpr (requires { request_.acks; }) return request_.acks != 0;
        else return true;
    }
    error_code read(session& line, reply& raw) override {
        answer_.body_ = response{};
        if (!raw.frame.empty()) {
            const auto error = protocol::decode_response(raw.frame, raw.version, answer_.body_);
            if (error) return error;
            if constexpr (requires { answer_.body_.throttle_time_ms; }) {
                const std::chrono::milliseconds silence{answer_.body_.throttle_time_ms};
                if (silence.count() > 0) line.throttle(Request::api.key, raw.version, silence);
            }
            // Messages with bytes in them are the few that are large; a copy of the others costs nothing to
            // keep.
            answer_.frame_ = raw.keep();
        }
        answer_.version_ = raw.version;
        answer_.node_ = line.node();
        return {};
    }
    void complete(error_code error) override {
        if (error) answer_ = {};
        answer_.maybe_sent_ = !error || maybe_sent();
        // `any_completion_executor` cannot be required to post, and does not when asked (Boost 1.81).
        hand_over(way_out_, [executor = std::move(executor_), handler = std::move(handler_), error,
                             what = std::move(answer_)]() mutable {
            executor.execute([handler = std::move(handler), error, what = std::move(what)]() mutable {
                std::move(handler)(error, std::move(what));
            });
        });
    }

private:
    using executor_type = boost::asio::associated_executor_t<handler_type, boost::asio::any_io_executor>;
    Request request_;
    handler_type handler_;
    const boost::asio::any_io_executor way_out_;
    executor_type executor_;
    answer<response> answer_;
};

template <class Request>
std::shared_ptr<pending_request> make_pending(Request request, const request_settings& settings,
                                              answer_handler<Request> handler,
                                              const boost::asio::any_io_executor& fallback) {
    return std::make_shared<typed_request<Request>>(std::move(request), settings, std::move(handler),
                                                    fallback);
}

/// Defines `make_pending` for a request.
#define KASIO_TYPED_REQUEST(name)                                                                    \
    template KASIO_DECL std::shared_ptr<pending_request> make_pending(                               \
        protocol::name##_request, const request_settings&, answer_handler<protocol::name##_request>, \
        const boost::asio::any_io_executor&);

KASIO_END_NAMESPACE
