// SPDX-License-Identifier: BSL-1.0
#include "line_fixture.hpp"

#include "protocol/broker_codec.hpp"

#include <kasio/messages/api_versions.hpp>

#include <cstring>

using namespace kasio;

namespace {

constexpr std::size_t header_bytes = 12;

protocol::outgoing_frame frame_with(std::string_view body, std::size_t more) {
    protocol::outgoing_frame frame;
    const auto header = be32(static_cast<std::int32_t>(header_bytes - 4 + body.size() + more)) +
                        be16(some_api) + be16(some_version) + be32(0);
    std::memcpy(frame.extend(header.size()), header.data(), header.size());
    if (!body.empty()) std::memcpy(frame.extend(body.size()), body.data(), body.size());
    return frame;
}

} // namespace

line_fixture::line_fixture(cluster_options options) : line{session::create(strand, std::move(options))} {}

line_fixture::~line_fixture() { finish(); }

void line_fixture::finish() {
    if (finished_) return;
    finished_ = true;
    line->close(errc::closed);
    io.restart();
    io.run_for(std::chrono::seconds{10});
    CHECK(io.stopped());
    CHECK(line.use_count() == 1);
    CHECK(line->in_flight() == 0);
}

cluster_options line_fixture::short_options() {
    cluster_options options;
    options.connect_timeout = std::chrono::seconds{8};
    options.request_timeout = std::chrono::seconds{8};
    return options;
}

error_code line_fixture::connect(std::uint16_t port, const std::string& host) {
    line->connect(host, port, [this](error_code error) {
        ++connect_calls;
        connected = error;
    });
    CHECK_FALSE(connected);
    REQUIRE(run_until([this] { return connected.has_value(); }));
    CHECK(connect_calls == 1);
    CHECK(line->is_open() == !*connected);
    CHECK(line->cause() == *connected);
    return *connected;
}

void line_fixture::open(const raw_peer& peer) {
    const auto error = connect(peer.port());
    INFO(line->cause_text());
    REQUIRE_FALSE(error);
}

std::shared_ptr<outcome> line_fixture::send(std::string body, std::chrono::milliseconds time_out,
                                            bool expects_reply, bool keep) {
    outgoing_request request;
    request.frame = frame_with(body, 0);
    request.expects_reply = expects_reply;
    return send_frame(std::move(request), time_out, keep);
}

std::shared_ptr<outcome> line_fixture::send_borrowed(std::shared_ptr<const std::string> bytes,
                                                     std::chrono::milliseconds time_out) {
    outgoing_request request;
    request.frame = frame_with({}, bytes->size());
    request.frame.borrow(std::as_bytes(std::span{*bytes}));
    request.pin = std::move(bytes);
    return send_frame(std::move(request), time_out, false);
}

std::shared_ptr<outcome> line_fixture::send_frame(outgoing_request request,
                                                  std::chrono::milliseconds time_out, bool keep) {
    auto result = std::make_shared<outcome>();
    request.api_key = some_api;
    request.version = some_version;
    request.deadline = steady_clock::now() + time_out;
    request.handler = [result, keep](error_code error, reply& answer) {
        if (result->calls++ == 0) result->error = error;
        result->maybe_sent = answer.maybe_sent;
        const auto* const bytes = reinterpret_cast<const char*>(answer.frame.data());
        result->frame.assign(bytes, answer.frame.size());
        if (!keep) return;
        result->kept = answer.keep();
        result->kept_frame = bytes;
    };
    last_id = line->send(std::move(request));
    CHECK(result->calls == 0);
    return result;
}

bool line_fixture::wait(const std::vector<std::shared_ptr<outcome>>& outcomes) {
    return run_until([&] {
        for (const auto& one : outcomes)
            if (one->calls == 0) return false;
        return true;
    });
}

std::string versions_answer(std::int32_t correlation_id, std::int16_t version) {
    protocol::api_versions_response answer;
    for (const std::int16_t key : {0, 1, 3, 18}) {
        protocol::api_versions_response::api_version one;
        one.api_key = key;
        one.max_version = 3;
        answer.api_keys.push_back(one);
    }
    protocol::outgoing_frame frame;
    const auto failed = protocol::encode_response(frame, answer, version, correlation_id);
    std::string bytes;
    if (failed) return bytes;
    for (std::size_t i = 0; i != frame.piece_count(); ++i) {
        const auto piece = frame.piece(i);
        bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    }
    return bytes;
}

void negotiate(raw_connection& client) {
    const auto request = client.read_request();
    client.write(versions_answer(request.correlation_id, request.version));
}

raw_peer::script broker(std::function<void(raw_connection&, const raw_request&)> answer) {
    return [answer = std::move(answer)](raw_connection& client) {
        negotiate(client);
        while (true) answer(client, client.read_request());
    };
}

raw_peer::script echo() {
    return broker([](raw_connection& client, const raw_request& request) {
        client.write(answer_frame(request.correlation_id, std::string_view{request.frame}.substr(8)));
    });
}
