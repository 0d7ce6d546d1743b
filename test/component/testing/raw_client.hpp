// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "protocol/codec.hpp"

#include <kasio/config.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// A client without any cleverness: one blocking socket, requests in, answers out. What goes wrong throws.
class raw_client {
public:
    enum class ending { answered, closed, silent };

    explicit raw_client(std::uint16_t port, std::chrono::milliseconds patience = std::chrono::seconds{5});
    ~raw_client();
    raw_client(const raw_client&) = delete;
    raw_client& operator=(const raw_client&) = delete;

    /// Sends the request and waits for its answer.
    template <class Request>
    typename Request::response_type ask(const Request& request, std::int16_t version) {
        send(request, version);
        return receive<typename Request::response_type>(version);
    }

    /// Sends the request; its correlation id is one more than the last one's.
    template <class Request>
    void send(const Request& request, std::int16_t version) {
        protocol::outgoing_frame frame;
        if (const auto error = protocol::encode_request(frame, request, version, "raw")) {
            throw std::runtime_error{"encode: " + error.message()};
        }
        send_frame(frame);
    }

    template <class Response>
    Response receive(std::int16_t version) {
        if (receive_frame() != ending::answered) throw std::runtime_error{"no answer"};
        return decode<Response>(version);
    }
    /// Decodes the last received frame, which the response points into.
    template <class Response>
    Response decode(std::int16_t version) const {
        Response response;
        const auto bytes = std::as_bytes(std::span{frame_});
        if (const auto error = protocol::decode_response(bytes, version, response)) {
            throw std::runtime_error{"decode: " + error.message()};
        }
        return response;
    }

    void send_bytes(std::string_view bytes);
    /// Waits for a whole frame; `silent` when none came in time.
    ending receive_frame();
    /// Waits for bytes until the connection is closed; how many came.
    std::size_t drain();
    /// What followed the length of the last received frame.
    [[nodiscard]] const std::string& frame() const noexcept { return frame_; }
    [[nodiscard]] std::int32_t last_correlation_id() const noexcept { return correlation_id_; }

private:
    void send_frame(protocol::outgoing_frame& frame);
    ending receive_exactly(char* to, std::size_t size);

    int socket_ = -1;
    std::int32_t correlation_id_ = 0;
    std::string frame_;
};

} // namespace testing
KASIO_END_NAMESPACE
