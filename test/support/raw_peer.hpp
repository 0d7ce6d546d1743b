// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

/// Bytes as Kafka writes them, for scripts.
[[nodiscard]] std::string be16(std::int16_t value);
[[nodiscard]] std::string be32(std::int32_t value);
/// The length of `body`, then `body`.
[[nodiscard]] std::string framed(std::string_view body);
/// A whole answer: length, correlation id, `body`.
[[nodiscard]] std::string answer_frame(std::int32_t correlation_id, std::string_view body);

/// A request as it came.
struct raw_request {
    std::int16_t api_key = -1;
    std::int16_t version = -1;
    std::int32_t correlation_id = -1;
    /// What followed the length.
    std::string frame;
};

/// One accepted connection, in the hands of a script. Calls block, none longer than a few seconds. When the
/// other side has gone they end the script (by an exception that the peer catches).
class raw_connection {
public:
    explicit raw_connection(int socket) noexcept : socket_{socket} {}

    [[nodiscard]] raw_request read_request();
    [[nodiscard]] std::string read_bytes(std::size_t size);
    void write(std::string_view bytes);
    /// Each byte in a segment of its own.
    void write_bytewise(std::string_view bytes);
    /// Nothing more is written; what comes can still be read.
    void end_writing();
    /// Reads and drops until the other side closes.
    void wait_for_close();
    /// Closes with a reset instead of an end.
    void reset();

private:
    int socket_;
};

/// A scripted TCP peer on loopback that plays bytes: each connection gets a thread in which the script runs;
/// when it returns the connection is closed. The destructor cuts what is open and waits for the threads.
class raw_peer {
public:
    using script = std::function<void(raw_connection&)>;

    explicit raw_peer(script play);
    ~raw_peer();
    raw_peer(const raw_peer&) = delete;
    raw_peer& operator=(const raw_peer&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] int connections() const noexcept { return connections_; }

private:
    void accept_all();
    void play_on(int socket);

    script play_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> connections_{0};
    std::mutex mutex_;
    std::vector<int> open_;
    std::vector<std::thread> players_;
    bool closing_ = false;
    std::thread acceptor_;
};

/// A loopback port on which connecting never gets an answer: its queue of connections is full.
class black_hole {
public:
    black_hole();
    ~black_hole();
    black_hole(const black_hole&) = delete;
    black_hole& operator=(const black_hole&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

private:
    int listener_ = -1;
    std::vector<int> fillers_;
    std::uint16_t port_ = 0;
};

/// A loopback port where nobody listens (and nobody else can while this lives).
class refusing_port {
public:
    refusing_port();
    ~refusing_port();
    refusing_port(const refusing_port&) = delete;
    refusing_port& operator=(const refusing_port&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

private:
    std::uint16_t port_ = 0; // before the socket, whose making sets it
    int socket_ = -1;
};
