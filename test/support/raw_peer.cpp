// SPDX-License-Identifier: BSL-1.0
#include "support/raw_peer.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace {

constexpr int longest_call_seconds = 10;

struct gone {};

std::int32_t read_be(std::string_view bytes) {
    std::uint32_t value = 0;
    for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
    return static_cast<std::int32_t>(value);
}

int checked(int result, const char* call) {
    if (result < 0) throw std::runtime_error{std::string{call} + ": " + std::strerror(errno)};
    return result;
}

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

/// A socket bound to a free port of loopback.
int bound_socket(std::uint16_t& port) {
    const int bound = checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    auto address = loopback(0);
    checked(::bind(bound, reinterpret_cast<sockaddr*>(&address), sizeof address), "bind");
    socklen_t size = sizeof address;
    checked(::getsockname(bound, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
    port = ntohs(address.sin_port);
    return bound;
}

} // namespace

std::string be16(std::int16_t value) {
    const auto bits = static_cast<std::uint16_t>(value);
    return {static_cast<char>(bits >> 8), static_cast<char>(bits)};
}

std::string be32(std::int32_t value) {
    const auto bits = static_cast<std::uint32_t>(value);
    return {static_cast<char>(bits >> 24), static_cast<char>(bits >> 16), static_cast<char>(bits >> 8),
            static_cast<char>(bits)};
}

std::string framed(std::string_view body) {
    return be32(static_cast<std::int32_t>(body.size())).append(body);
}

std::string answer_frame(std::int32_t correlation_id, std::string_view body) {
    return framed(be32(correlation_id).append(body));
}

raw_request raw_connection::read_request() {
    raw_request request;
    request.frame = read_bytes(static_cast<std::size_t>(read_be(read_bytes(4))));
    const std::string_view frame = request.frame;
    request.api_key = static_cast<std::int16_t>(read_be(frame.substr(0, 2)));
    request.version = static_cast<std::int16_t>(read_be(frame.substr(2, 2)));
    request.correlation_id = read_be(frame.substr(4, 4));
    return request;
}

std::string raw_connection::read_bytes(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t have = 0; have != size;) {
        const auto got = ::recv(socket_, bytes.data() + have, size - have, 0);
        if (got <= 0) throw gone{};
        have += static_cast<std::size_t>(got);
    }
    return bytes;
}

void raw_connection::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) throw gone{};
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void raw_connection::write_bytewise(std::string_view bytes) {
    for (; !bytes.empty(); bytes.remove_prefix(1)) write(bytes.substr(0, 1));
}

void raw_connection::end_writing() { ::shutdown(socket_, SHUT_WR); }

void raw_connection::wait_for_close() {
    char dropped[4096];
    while (::recv(socket_, dropped, sizeof dropped, 0) > 0) {
    }
}

void raw_connection::reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    throw gone{};
}

raw_peer::raw_peer(script play) : play_{std::move(play)} {
    listener_ = bound_socket(port_);
    checked(::listen(listener_, 16), "listen");
    acceptor_ = std::thread{[this] { accept_all(); }};
}

raw_peer::~raw_peer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    ::close(listener_);
    {
        const std::lock_guard lock{mutex_};
        closing_ = true;
        for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
    }
    for (auto& player : players_) player.join();
}

void raw_peer::accept_all() {
    while (true) {
        const int accepted = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (accepted < 0) return;
        const int yes = 1;
        ::setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        const timeval longest{longest_call_seconds, 0};
        ::setsockopt(accepted, SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof longest);
        ::setsockopt(accepted, SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof longest);
        ++connections_;
        const std::lock_guard lock{mutex_};
        open_.push_back(accepted);
        players_.emplace_back([this, accepted] { play_on(accepted); });
    }
}

void raw_peer::play_on(int socket) {
    raw_connection connection{socket};
    try {
        play_(connection);
    } catch (const gone&) {
        // The other side left, or the script cut the line.
    }
    const std::lock_guard lock{mutex_};
    open_.erase(std::find(open_.begin(), open_.end(), socket));
    ::close(socket);
}

black_hole::black_hole() {
    listener_ = bound_socket(port_);
    checked(::listen(listener_, 0), "listen");
    // Connections are queued until one more than the backlog; from then on the system drops what comes.
    for (int i = 0; i != 4; ++i) {
        const int filler =
            checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket");
        const auto address = loopback(port_);
        static_cast<void>(::connect(filler, reinterpret_cast<const sockaddr*>(&address), sizeof address));
        fillers_.push_back(filler);
    }
}

black_hole::~black_hole() {
    for (const int filler : fillers_) ::close(filler);
    ::close(listener_);
}

refusing_port::refusing_port() : socket_{bound_socket(port_)} {}

refusing_port::~refusing_port() { ::close(socket_); }
