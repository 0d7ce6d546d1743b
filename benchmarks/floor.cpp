// SPDX-License-Identifier: BSL-1.0
// What the bytes themselves cost on this machine: memcpy + CRC-32C + send of records when producing, recv + CRC-32C +
// a walk over them when consuming, between two processes over loopback; and a bare ping-pong of one record.
#include "measure.hpp"

#include <kasio/hash.hpp>

#include <arpa/inet.h>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr std::size_t piece = 64 * 1024;

struct lines {
    int ours = -1;
    int theirs = -1;
};

lines connect_pair() {
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener, generic, size) != 0 || ::listen(listener, 1) != 0) std::exit(1);
    ::getsockname(listener, generic, &size);
    lines pair;
    pair.ours = ::socket(AF_INET, SOCK_STREAM, 0);
    if (::connect(pair.ours, generic, size) != 0) std::exit(1);
    pair.theirs = ::accept(listener, nullptr, nullptr);
    ::close(listener);
    const int on = 1;
    for (const int line : {pair.ours, pair.theirs}) ::setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return pair;
}

bool send_all(int line, const char* bytes, std::size_t size) {
    while (size > 0) {
        const auto sent = ::send(line, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes += sent;
        size -= static_cast<std::size_t>(sent);
    }
    return true;
}

/// Runs `peer` in a process of its own on the other end.
template <class Peer>
int with_peer(Peer peer) {
    const auto pair = connect_pair();
    if (::fork() == 0) {
        ::close(pair.ours);
        peer(pair.theirs);
        ::_exit(0);
    }
    ::close(pair.theirs);
    return pair.ours;
}

void drain(int line) {
    std::vector<char> buffer(piece);
    while (::recv(line, buffer.data(), buffer.size(), 0) > 0) {
    }
}

void produce_floor(const bench::settings& with, std::size_t record) {
    const int line = with_peer(drain);
    const std::string value(record, 'v');
    std::vector<char> buffer(piece);
    std::uint32_t sum = 0;
    const bench::measurement measured;
    for (long left = with.messages; left > 0;) {
        std::size_t used = 0;
        for (; left > 0 && used + record <= piece; --left, used += record) std::memcpy(&buffer[used], value.data(), record);
        sum ^= kasio::crc32c({buffer.data(), used});
        if (!send_all(line, buffer.data(), used)) std::exit(1);
    }
    measured.print("floor of producing", with.messages, record);
    ::close(line);
    ::wait(nullptr);
    if (sum == 42) std::puts("");
}

void consume_floor(const bench::settings& with, std::size_t record) {
    const auto total = static_cast<std::size_t>(with.messages) * record;
    const int line = with_peer([&](int other) {
        const std::string bytes(piece, 'v');
        for (std::size_t left = total; left > 0;) {
            const auto now = std::min(left, piece);
            if (!send_all(other, bytes.data(), now)) return;
            left -= now;
        }
    });
    std::vector<char> buffer(piece);
    std::uint64_t sum = 0;
    const bench::measurement measured;
    for (std::size_t read = 0; read < total;) {
        const auto got = ::recv(line, buffer.data(), buffer.size(), 0);
        if (got <= 0) std::exit(1);
        sum += kasio::crc32c({buffer.data(), static_cast<std::size_t>(got)});
        for (std::size_t at = 0; at < static_cast<std::size_t>(got); at += record) sum += static_cast<unsigned char>(buffer[at]);
        read += static_cast<std::size_t>(got);
    }
    measured.print("floor of consuming", with.messages, record);
    ::close(line);
    ::wait(nullptr);
    if (sum == 42) std::puts("");
}

void ping_pong(std::size_t record) {
    const int line = with_peer([&](int other) {
        std::vector<char> buffer(piece);
        for (ssize_t got; (got = ::recv(other, buffer.data(), buffer.size(), 0)) > 0;) {
            if (!send_all(other, buffer.data(), 60)) return; // about what a Produce answer takes
        }
    });
    const std::string request(record, 'v');
    std::vector<char> buffer(piece);
    bench::latencies times;
    for (int round = 0; round < 20'000; ++round) {
        const auto start = std::chrono::steady_clock::now();
        if (!send_all(line, request.data(), request.size()) || ::recv(line, buffer.data(), buffer.size(), 0) <= 0) return;
        times.add(std::chrono::steady_clock::now() - start);
    }
    std::printf("bare ping-pong: ");
    times.print();
    ::close(line);
    ::wait(nullptr);
}

} // namespace

int main() {
    const bench::settings with;
    const auto record = with.value_size + 8 + 11; // as it is encoded
    produce_floor(with, record);
    consume_floor(with, record);
    ping_pong(record + 150);
    return 0;
}
