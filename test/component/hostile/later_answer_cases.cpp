// SPDX-License-Identifier: BSL-1.0
#include "session_cases.hpp"

#include <chrono>
#include <thread>

using namespace std::string_literals;
using namespace std::chrono_literals;

namespace kasio_test {

using namespace kasio;

namespace {

// A version with compact lengths, one without.
constexpr std::int16_t flexible = 12;
constexpr std::int16_t plain = 4;
// What makes a compact count or length of 2^31 - 1.
const std::string huge = "\x80\x80\x80\x80\x08";

/// Metadata is answered with these bytes; then nothing more comes.
raw_peer::script answered(std::function<std::string(const raw_request&)> bytes) {
    return up_to_metadata(flexible,
                          [bytes = std::move(bytes)](raw_connection& client, const raw_request& request) {
                              client.write(bytes(request));
                              client.wait_for_close();
                          });
}
raw_peer::script answered_with(std::string bytes) {
    return answered([bytes = std::move(bytes)](const raw_request&) { return bytes; });
}
/// ... with a frame that has the right id and this behind it.
raw_peer::script with_body(std::string body, std::int16_t version = flexible) {
    return up_to_metadata(version,
                          [body = std::move(body)](raw_connection& client, const raw_request& request) {
                              client.write(answer_frame(request.correlation_id, body));
                              client.wait_for_close();
                          });
}
session_case malformed(const char* name, raw_peer::script play) {
    return {name, std::move(play), {}, errc::malformed_response};
}

/// An answer without brokers and topics, header tags included.
const std::string empty_answer = "\0"s + be32(0) + "\x01" + "\0"s + be32(1) + "\x01" + "\0"s;

} // namespace

std::vector<session_case> cases_of_frames() {
    return {
        malformed("claims a length of -1", answered_with(be32(-1) + std::string(100, 'x'))),
        malformed("claims the greatest length", answered_with("\x7f\xff\xff\xff"s + std::string(100, 'x'))),
        malformed("claims a length of 0", answered_with(std::string(100, '\0'))),
        malformed("is text from now on", answered_with("HTTP/1.1 408 Request Timeout\r\n\r\n")),
        malformed("answers one that was not asked",
                  answered([](const raw_request& to) { return answer_frame(to.correlation_id + 1, "x"); })),
        malformed("answers with the id before",
                  answered([](const raw_request& to) { return answer_frame(to.correlation_id - 1, "x"); })),
        malformed("answers with the greatest id",
                  answered([](const raw_request&) { return answer_frame(0x7fffffff, "x"); })),
        malformed("sends an endless run of ones", answered_with(std::string(4 * 1024 * 1024, '\xff'))),
        {"hangs up",
         up_to_metadata(flexible, [](raw_connection&, const raw_request&) {}),
         {},
         errc::connection_lost},
        {"resets",
         up_to_metadata(flexible, [](raw_connection& client, const raw_request&) { client.reset(); }),
         {},
         errc::connection_lost},
        {"never answers", answered_with(""), {}, errc::request_timed_out},
        {"claims 100 MiB and sends some",
         answered([](const raw_request& to) {
             return be32(100 * 1024 * 1024) + be32(to.correlation_id) + std::string(100, 'x');
         }),
         {},
         errc::request_timed_out},
        {"sends a byte now and then",
         up_to_metadata(flexible,
                        [](raw_connection& client, const raw_request& to) {
                            for (const char byte : answer_frame(to.correlation_id, empty_answer)) {
                                client.write({&byte, 1});
                                std::this_thread::sleep_for(50ms);
                            }
                        }),
         {},
         errc::request_timed_out},
        {"hangs up in the middle",
         up_to_metadata(flexible,
                        [](raw_connection& client, const raw_request& to) {
                            client.write(be32(1'000) + be32(to.correlation_id) + std::string(500, 'x'));
                        }),
         {},
         errc::connection_lost},
        {"claims more than it sends, and lets the next frame begin inside",
         answered([](const raw_request& to) {
             return be32(60) + be32(to.correlation_id) + empty_answer +
                    answer_frame(to.correlation_id + 1, empty_answer);
         }),
         {},
         errc::request_timed_out},
    };
}

std::vector<session_case> cases_of_bodies() {
    // After the header's tags and the throttle time: brokers, cluster id, controller, topics.
    const auto start = "\0"s + be32(0);
    const auto no_brokers = start + "\x01" + "\0"s + be32(1);
    const auto topic = no_brokers + "\x02" + be16(0) + "\x02t" + std::string(16, '\0') + "\0"s;
    const auto partition = topic + "\x02" + be16(0) + be32(0) + be32(1) + be32(0);
    const auto plain_start = be32(0);
    const auto plain_topics = be32(0) + be32(0) + be16(-1) + be32(1);
    return {
        malformed("has nothing in it", with_body("")),
        malformed("ends behind its tags", with_body("\0"s)),
        malformed("promises 2^32 tags in its header", with_body("\xff\xff\xff\xff\x0f")),
        malformed("has a header's tag longer than itself", with_body("\x01\x00\x7f"s)),
        malformed("counts 2^31 brokers", with_body(start + huge)),
        malformed("counts 2^32 brokers", with_body(start + "\xff\xff\xff\xff\x0f")),
        malformed("counts with six bytes", with_body(start + "\x80\x80\x80\x80\x80\x01")),
        malformed("has null for its brokers", with_body(start + std::string(30, '\0'))),
        malformed("has a host of 2^31 bytes", with_body(start + "\x02" + be32(1) + huge)),
        malformed("has a host longer than itself", with_body(start + "\x02" + be32(1) + "\x40" + "abc")),
        malformed("has null for a host", with_body(start + "\x02" + be32(1) + "\0"s + be32(9092) + "\0\0"s)),
        malformed("has a host that is no text",
                  with_body(start + "\x02" + be32(1) + "\x03\xc3\x28" + be32(9092) + std::string(30, '\0'))),
        malformed("counts 2^31 topics", with_body(no_brokers + huge)),
        malformed("counts 2^31 partitions of a topic", with_body(topic + huge)),
        malformed("counts 2^31 replicas of a partition", with_body(partition + huge)),
        malformed("counts more replicas than there are bytes", with_body(partition + "\x7f" + be32(1))),
        malformed("has tags in the wrong order",
                  with_body(empty_answer.substr(0, empty_answer.size() - 1) + "\x02\x3d\x01x\x3c\x01x")),
        malformed("has a tag twice",
                  with_body(empty_answer.substr(0, empty_answer.size() - 1) + "\x02\x3c\x01x\x3c\x01x")),
        malformed("counts -5 brokers, without compact lengths", with_body(plain_start + be32(-5), plain)),
        malformed("counts 2^31 brokers, without compact lengths",
                  with_body(plain_start + be32(0x7fffffff), plain)),
        malformed("has a topic's name of -2 bytes",
                  with_body(plain_topics + be32(1) + be16(0) + be16(-2), plain)),
        malformed("has a topic's name longer than itself",
                  with_body(plain_topics + be32(1) + be16(0) + be16(0x7fff) + "t", plain)),
        malformed("counts 2^31 topics, without compact lengths",
                  with_body(plain_topics + be32(0x7fffffff), plain)),
    };
}

std::vector<session_case> cases_of_tls() {
    const auto in_place_of_a_hello = [](std::string bytes) -> raw_peer::script {
        return [bytes = std::move(bytes)](raw_connection& client) {
            static_cast<void>(client.read_bytes(5));
            client.write(bytes);
            client.wait_for_close();
        };
    };
    const auto tls = [](const char* name, raw_peer::script play, error_code ends) {
        return session_case{name, std::move(play), ends, {}, true};
    };
    return {
        tls("never says hello", in_place_of_a_hello(""), errc::connect_timed_out),
        tls(
            "hangs up at hello", [](raw_connection& client) { static_cast<void>(client.read_bytes(5)); },
            errc::tls_handshake_failed),
        tls("refuses the handshake", in_place_of_a_hello("\x15\x03\x03\0\x02\x02\x28"s),
            errc::tls_handshake_failed),
        tls("refuses the version", in_place_of_a_hello("\x15\x03\x03\0\x02\x02\x46"s),
            errc::tls_handshake_failed),
        tls("is a web server", in_place_of_a_hello("HTTP/1.1 400 Bad Request\r\n\r\n"),
            errc::tls_handshake_failed),
        tls("has a record longer than records are",
            in_place_of_a_hello("\x16\x03\x03\xff\xff"s + std::string(70'000, 'x')),
            errc::tls_handshake_failed),
        tls("has a hello of 16 MiB",
            in_place_of_a_hello("\x16\x03\x03\x40\0\x02\xff\xff\xff"s + std::string(20'000, 'x')),
            errc::tls_handshake_failed),
        tls("says hello with nonsense", in_place_of_a_hello("\x16\x03\x03\0\x08\x02\0\0\x04"s + "abcd"),
            errc::tls_handshake_failed),
        tls("sends a record and stops", in_place_of_a_hello("\x16\x03\x03\x01\0\x02\0"s),
            errc::connect_timed_out),
        tls("answers as a broker without TLS", in_place_of_a_hello(be32(10) + std::string(10, '\0')),
            errc::tls_handshake_failed),
    };
}

} // namespace kasio_test
