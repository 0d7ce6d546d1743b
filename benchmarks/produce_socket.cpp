// SPDX-License-Identifier: BSL-1.0
// The measure of produce_kasio's latency: a bare blocking socket that sends a broker the very bytes of such a
// request, one record in a batch of its own, and reads the answer. BENCH_BROKER leads the topic's partition
// 0.
#include "measure.hpp"

#include "protocol/codec.hpp"
#include "record/batch_writer.hpp"

#include <kasio/messages/produce.hpp>

#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cstring>
#include <stdexcept>

namespace {

int connect_to(const std::string& broker) {
    const auto colon = broker.rfind(':');
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(broker.substr(0, colon).c_str(), broker.substr(colon + 1).c_str(), &hints, &found) !=
        0) {
        throw std::runtime_error{"no such host"};
    }
    int line = -1;
    for (auto* each = found; each != nullptr; each = each->ai_next) {
        line = ::socket(each->ai_family, each->ai_socktype, each->ai_protocol);
        if (::connect(line, each->ai_addr, each->ai_addrlen) == 0) break;
        ::close(line);
        line = -1;
    }
    ::freeaddrinfo(found);
    if (line < 0) throw std::runtime_error{"cannot connect"};
    const int on = 1;
    ::setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return line;
}

void read_exactly(int line, char* to, std::size_t size) {
    while (size > 0) {
        const auto got = ::recv(line, to, size, 0);
        if (got <= 0) throw std::runtime_error{"the broker hung up"};
        to += got;
        size -= static_cast<std::size_t>(got);
    }
}

} // namespace

int main() {
    const bench::settings with;
    kasio::batch_writer batch;
    const std::string value(with.value_size, 'v');
    const kasio::bytes_view key{"12345678"};
    batch.grow_to(batch.size() + kasio::batch_writer::upper_bound(key, kasio::bytes_view{value}, {}));
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    batch.append(std::chrono::duration_cast<std::chrono::milliseconds>(now).count(), key,
                 kasio::bytes_view{value}, {});
    kasio::protocol::produce_request request;
    request.acks = 1;
    request.timeout_ms = 30'000;
    auto& topic = request.topic_data.emplace_back();
    topic.name = with.topic;
    auto& partition = topic.partition_data.emplace_back();
    partition.records = kasio::bytes_view{batch.finish({})};
    kasio::protocol::outgoing_frame frame;
    if (kasio::protocol::encode_request(frame, request, 12, "kasio")) return 1;
    std::string bytes;
    for (std::size_t at = 0; at < frame.piece_count(); ++at)
        bytes += kasio::bytes_view{frame.piece(at)}.view();
    const int line = connect_to(with.broker);
    std::vector<char> answer(65'536);
    bench::latencies times;
    const bench::measurement measured;
    for (long number = 0; number < with.messages; ++number) {
        const auto start = std::chrono::steady_clock::now();
        if (::send(line, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size()))
            return 1;
        unsigned char size[4];
        read_exactly(line, reinterpret_cast<char*>(size), sizeof size);
        const auto length =
            std::size_t{size[0]} << 24U | std::size_t{size[1]} << 16U | std::size_t{size[2]} << 8U | size[3];
        if (length > answer.size()) return 1;
        read_exactly(line, answer.data(), length);
        times.add(std::chrono::steady_clock::now() - start);
    }
    measured.print("produce_socket", with.messages, with.value_size + 8);
    times.print();
    ::close(line);
    return 0;
}
