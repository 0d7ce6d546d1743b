// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "protocol/broker_codec.hpp"
#include "support/catch.hpp"
#include "support/memory_growth.hpp"
#include "support/run.hpp"

#include <kasio/cluster.hpp>
#include <kasio/consumer.hpp>
#include <kasio/producer.hpp>
#include <kasio/testing/broker.hpp>

#include <functional>
#include <optional>
#include <string>

namespace kasio_test {

using namespace kasio;
using namespace std::chrono_literals;
using testing::api;

/// Answers every request of an api with what `fill` makes of an empty answer.
template <class Response>
void lie(testing::broker& broker, api which,
         std::function<void(const testing::request_record& request, Response& answer)> fill) {
    broker.on_request([which, fill = std::move(fill)](
                          const testing::request_record& request) -> std::optional<testing::request_action> {
        if (request.api != which) return std::nullopt;
        Response answer;
        fill(request, answer);
        protocol::outgoing_frame frame;
        if (protocol::encode_response(frame, answer, request.version, request.correlation_id))
            return std::nullopt;
        testing::request_action action;
        action.raw_answer.emplace();
        for (std::size_t i = 0; i != frame.piece_count(); ++i) {
            const auto piece = frame.piece(i);
            action.raw_answer->append(reinterpret_cast<const char*>(piece.data()), piece.size());
        }
        return action;
    });
}

/// A broker with the topic `t`, and a client of it with short time-outs. At its end the client must close in
/// time.
class client_of {
public:
    explicit client_of(testing::broker& broker);
    ~client_of();
    client_of(const client_of&) = delete;
    client_of& operator=(const client_of&) = delete;

    /// How a question about metadata ends.
    [[nodiscard]] error_code ask();
    /// How sending a record to partition 0 ends; `where` tells what became of it.
    [[nodiscard]] error_code send(delivery* where = nullptr);
    /// The error that reading partition 0 tells; none when a record came first, nothing when neither did for
    /// a while.
    [[nodiscard]] std::optional<error_code> read(std::chrono::milliseconds patience = 700ms);
    /// Reads on from there.
    void seek(std::int64_t offset) { in.seek({"t", 0}, start_position::at(offset)); }

    asio::io_context io{1};
    const memory_growth growth;
    cluster kafka;
    producer out;
    consumer in;

private:
    /// That came beside records.
    std::optional<error_code> told_;
};

} // namespace kasio_test
