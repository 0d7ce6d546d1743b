// SPDX-License-Identifier: BSL-1.0
#include "session_cases.hpp"

#include "protocol/broker_codec.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/messages/api_versions.hpp>

#include <chrono>
#include <thread>

using namespace std::string_literals;
using namespace std::chrono_literals;

namespace kasio_test {

using namespace kasio;

namespace {

std::string bytes_of(const protocol::outgoing_frame& frame) {
    std::string bytes;
    for (std::size_t i = 0; i != frame.piece_count(); ++i) {
        const auto piece = frame.piece(i);
        bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    }
    return bytes;
}

std::string offer(const raw_request& to, std::int16_t lowest, std::int16_t highest) {
    return kasio_test::offer(to, {{3, lowest, highest}, {18, lowest, highest}});
}

using to_bytes = std::function<std::string(const raw_request&)>;

/// The first request is answered with these bytes; then nothing more comes.
raw_peer::script first(to_bytes answer) {
    return [answer = std::move(answer)](raw_connection& client) {
        client.write(answer(client.read_request()));
        client.wait_for_close();
    };
}
raw_peer::script first_bytes(std::string bytes) {
    return first([bytes = std::move(bytes)](const raw_request&) { return bytes; });
}
/// The same, and the peer hangs up.
raw_peer::script first_and_end(to_bytes answer) {
    return
        [answer = std::move(answer)](raw_connection& client) { client.write(answer(client.read_request())); };
}
raw_peer::script first_body(std::string body) {
    return first(
        [body = std::move(body)](const raw_request& to) { return answer_frame(to.correlation_id, body); });
}
/// Every request is answered with this body.
raw_peer::script each_body(std::string body) {
    return [body = std::move(body)](raw_connection& client) {
        while (true) client.write(answer_frame(client.read_request().correlation_id, body));
    };
}

} // namespace

std::string offer(const raw_request& to, const std::vector<std::array<std::int16_t, 3>>& ranges) {
    protocol::api_versions_response answer;
    for (const auto& [key, lowest, highest] : ranges) {
        protocol::api_versions_response::api_version one;
        one.api_key = key;
        one.min_version = lowest;
        one.max_version = highest;
        answer.api_keys.push_back(one);
    }
    protocol::outgoing_frame frame;
    const auto failed = protocol::encode_response(frame, answer, to.version, to.correlation_id);
    return failed ? std::string{} : bytes_of(frame);
}

raw_peer::script up_to_metadata(std::int16_t version,
                                std::function<void(raw_connection&, const raw_request&)> then) {
    return [version, then = std::move(then)](raw_connection& client) {
        client.write(offer(client.read_request(), 0, version));
        then(client, client.read_request());
    };
}

std::vector<session_case> cases_at_the_first_answer() {
    const auto entry = be16(18) + be16(0) + be16(4);
    return {
        {"hangs up", [](raw_connection& client) { static_cast<void>(client.read_request()); },
         errc::connection_lost},
        {"resets",
         [](raw_connection& client) {
             static_cast<void>(client.read_request());
             client.reset();
         },
         errc::connection_lost},
        {"hangs up before it is asked", [](raw_connection&) {}, errc::connection_lost},
        {"never answers", first_bytes(""), errc::connect_timed_out},
        {"sends a byte now and then",
         [](raw_connection& client) {
             const auto answer = offer(client.read_request(), 0, 12);
             for (const char byte : answer) {
                 client.write({&byte, 1});
                 std::this_thread::sleep_for(50ms);
             }
         },
         errc::connect_timed_out},
        {"claims a length of -1", first_bytes("\xff\xff\xff\xff" + std::string(64, 'x')),
         errc::malformed_response},
        {"claims the least length", first_bytes("\x80\0\0\0"s + std::string(64, 'x')),
         errc::malformed_response},
        {"claims a length of 0", first_bytes(std::string(64, '\0')), errc::malformed_response},
        {"claims a length of 3", first_bytes(be32(3) + "abc"), errc::malformed_response},
        {"claims the greatest length", first_bytes("\x7f\xff\xff\xff" + std::string(64, 'x')),
         errc::malformed_response},
        {"claims one byte too many", first_bytes(be32(100 * 1024 * 1024 + 1) + "x"),
         errc::malformed_response},
        {"is a web server", first_bytes("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
         errc::not_a_broker},
        {"is a mail server", first_bytes("220 mail.example ESMTP\r\n"), errc::not_a_broker},
        {"is a shell server that speaks first",
         [](raw_connection& client) {
             client.write("SSH-2.0-OpenSSH_9.2\r\n");
             client.wait_for_close();
         },
         errc::not_a_broker},
        {"expects TLS", first_bytes("\x15\x03\x03\0\x02\x02\x0a"s), errc::tls_expected},
        {"answers with a handshake of TLS", first_bytes("\x16\x03\x03\x40\x00\x02"s + std::string(100, 'x')),
         errc::malformed_response},
        {"repeats what it hears",
         [](raw_connection& client) {
             const auto request = client.read_request();
             client.write(framed(request.frame));
             client.wait_for_close();
         },
         errc::malformed_response},
        {"answers a later request", first([](const raw_request& to) {
             auto other = to;
             ++other.correlation_id;
             return offer(other, 0, 12);
         }),
         errc::malformed_response},
        {"answers with a negative correlation id",
         first([](const raw_request&) { return answer_frame(-1, be16(0)); }), errc::malformed_response},
        {"answers with nothing but the id", first_body(""), errc::malformed_response},
        {"answers with half a code", first_body("\0"s), errc::malformed_response},
        {"counts 2^32 apis", first_body(be16(0) + "\xff\xff\xff\xff\x0f"), errc::malformed_response},
        {"counts 2^31 apis in version 0",
         [](raw_connection& client) {
             client.write(answer_frame(client.read_request().correlation_id, be16(35) + be32(0)));
             client.write(answer_frame(client.read_request().correlation_id, be16(0) + "\x7f\xff\xff\xff"s));
             client.wait_for_close();
         },
         errc::malformed_response},
        {"counts with six bytes", first_body(be16(0) + "\x80\x80\x80\x80\x80\x01"), errc::malformed_response},
        {"has an entry cut short", first_body(be16(0) + "\x02" + entry.substr(0, 5)),
         errc::malformed_response},
        {"promises 2^32 tags", first_body(be16(0) + "\x01" + be32(0) + "\xff\xff\xff\xff\x0f"),
         errc::malformed_response},
        {"has a tag longer than its frame", first_body(be16(0) + "\x01" + be32(0) + "\x01\x05\x7f"),
         errc::malformed_response},
        {"hangs up in the middle",
         first_and_end([](const raw_request& to) { return offer(to, 0, 12).substr(0, 20); }),
         errc::connection_lost},
        {"stops in the middle", first([](const raw_request& to) { return offer(to, 0, 12).substr(0, 20); }),
         errc::connect_timed_out},
        {"refuses every version", each_body(be16(35) + be32(0)), errc::unsupported_version},
        {"refuses with a hint that leads in a circle",
         each_body(be16(35) + be32(1) + be16(18) + be16(3) + be16(3)), errc::unsupported_version},
        {"refuses with a code of its own", first_body(be16(-1) + "\x01" + be32(0) + "\0"s),
         from_broker(static_cast<std::int16_t>(broker_errc::unknown_server_error))},
        {"refuses with a code nobody knows", first_body(be16(12'345) + "\x01" + be32(0) + "\0"s),
         from_broker(12'345)},
        {"offers nothing", first_body(be16(0) + "\x01" + be32(0) + "\0"s), {}, errc::unsupported_version},
        {"offers versions that end before they begin",
         first([](const raw_request& to) { return offer(to, 12, 3); }),
         {},
         errc::unsupported_version},
        {"offers versions of a far future",
         first([](const raw_request& to) { return offer(to, 1'000, 32'767); }),
         {},
         errc::unsupported_version},
        {"offers negative versions",
         first([](const raw_request& to) { return offer(to, -7, -3); }),
         {},
         errc::unsupported_version},
    };
}

} // namespace kasio_test
