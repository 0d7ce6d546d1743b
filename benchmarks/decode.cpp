// SPDX-License-Identifier: BSL-1.0
// What the two answers with the most parts cost to decode: Metadata with 10,000 partitions and Fetch with
// 1,000. Built on the library's inside: libkasio exports no decoder.
#include "protocol/broker_codec.hpp"
#include "protocol/codec.hpp"

#include <kasio/messages/fetch.hpp>
#include <kasio/messages/metadata.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>

using namespace kasio;
using namespace kasio::protocol;

namespace {

long allocations = 0;

constexpr int metadata_topics = 100;
constexpr int metadata_partitions = 100; // of each topic
constexpr int fetch_topics = 10;
constexpr int fetch_partitions = 100;
constexpr int rounds = 200;

metadata_response make_metadata() {
    metadata_response made;
    for (int broker = 0; broker < 9; ++broker) {
        auto& one = made.brokers.emplace_back();
        one.node_id = broker;
        one.host = "broker-" + std::to_string(broker) + ".kafka.example.com";
        one.port = 9092;
        one.rack = "zone-" + std::to_string(broker % 3);
    }
    made.cluster_id = "kV1mM1oGQ2yWJ8dXfWzj1g";
    for (int topic = 0; topic < metadata_topics; ++topic) {
        auto& one = made.topics.emplace_back();
        one.name = "some.service.topic-" + std::to_string(topic);
        for (int index = 0; index < metadata_partitions; ++index) {
            auto& partition = one.partitions.emplace_back();
            partition.partition_index = index;
            partition.leader_id = index % 9;
            partition.replica_nodes = {index % 9, (index + 1) % 9, (index + 2) % 9};
            partition.isr_nodes = partition.replica_nodes;
        }
    }
    return made;
}

fetch_response make_fetch(const std::string& records) {
    fetch_response made;
    for (int topic = 0; topic < fetch_topics; ++topic) {
        auto& one = made.responses.emplace_back();
        one.topic = "some.service.topic-" + std::to_string(topic);
        for (int index = 0; index < fetch_partitions; ++index) {
            auto& partition = one.partitions.emplace_back();
            partition.partition_index = index;
            partition.high_watermark = 1'000'000;
            partition.last_stable_offset = 1'000'000;
            partition.records = records;
        }
    }
    return made;
}

template <class Response>
std::string frame_of(const Response& response, std::int16_t version) {
    outgoing_frame out;
    if (encode_response(out, response, version, 1)) std::abort();
    std::string bytes;
    for (std::size_t i = 0; i < out.piece_count(); ++i) bytes += bytes_view{out.piece(i)}.view();
    return bytes.substr(4);
}

/// The best round of many, and what one took of the heap; each into a fresh message, as the client does.
template <class Response>
void measure(const char* what, const Response& response, std::int16_t version, int partitions) {
    const std::string frame = frame_of(response, version);
    const bytes_view view{frame};
    double best = 1e18;
    long taken = 0;
    for (int round = 0; round < rounds; ++round) {
        const long before = allocations;
        const auto start = std::chrono::steady_clock::now();
        Response read;
        const error_code error = decode_response(view.bytes(), version, read);
        const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
        if (error) std::abort();
        taken = allocations - before;
        best = std::min(best, took.count());
    }
    std::printf("%s v%d: %d partitions, %zu bytes: %.1f ns and %.3f allocations a partition, %.0f MB/s\n",
                what, version, partitions, frame.size(), best / partitions,
                static_cast<double>(taken) / partitions, static_cast<double>(frame.size()) / best * 1e3);
}

} // namespace

void* operator new(std::size_t size) {
    ++allocations;
    if (void* const memory = std::malloc(size)) return memory;
    throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

int main() {
    const metadata_response metadata = make_metadata();
    for (const std::int16_t version : {8, 12})
        measure("Metadata", metadata, version, metadata_topics * metadata_partitions);
    const std::string records(1000, 'r');
    const fetch_response fetch = make_fetch(records);
    for (const std::int16_t version : {11, 12})
        measure("Fetch", fetch, version, fetch_topics * fetch_partitions);
}
