// SPDX-License-Identifier: BSL-1.0
#include "component/testing/raw_client.hpp"

#include "base/big_endian.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <cerrno>

KASIO_BEGIN_NAMESPACE
namespace testing {

raw_client::raw_client(std::uint16_t port, std::chrono::milliseconds patience)
    : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    const timeval limit{patience.count() / 1000, (patience.count() % 1000) * 1000};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return;
    ::close(socket_);
    throw std::runtime_error{"connection refused"};
}

raw_client::~raw_client() { ::close(socket_); }

void raw_client::send_frame(protocol::outgoing_frame& frame) {
    frame.set_correlation_id(++correlation_id_);
    std::string bytes;
    for (std::size_t i = 0; i < frame.piece_count(); ++i) {
        bytes.append(reinterpret_cast<const char*>(frame.piece(i).data()), frame.piece(i).size());
    }
    send_bytes(bytes);
}

void raw_client::send_bytes(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) throw std::runtime_error{"send failed"};
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

raw_client::ending raw_client::receive_exactly(char* to, std::size_t size) {
    for (std::size_t at = 0; at < size;) {
        const auto got = ::recv(socket_, to + at, size - at, 0);
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return ending::silent;
        if (got <= 0) return ending::closed;
        at += static_cast<std::size_t>(got);
    }
    return ending::answered;
}

raw_client::ending raw_client::receive_frame() {
    char length[4];
    if (const auto how = receive_exactly(length, sizeof length); how != ending::answered) return how;
    frame_.resize(static_cast<std::size_t>(load_big<std::int32_t>(length)));
    return receive_exactly(frame_.data(), frame_.size());
}

std::size_t raw_client::drain() {
    char byte;
    std::size_t count = 0;
    while (true) {
        const auto how = receive_exactly(&byte, 1);
        if (how == ending::silent) throw std::runtime_error{"the connection stays open"};
        if (how == ending::closed) return count;
        ++count;
    }
}

} // namespace testing
KASIO_END_NAMESPACE
