// SPDX-License-Identifier: BSL-1.0
// Whatever stands in a fetch's answer or in a log.
#include "cluster_fixture.hpp"

#include "base/big_endian.hpp"
#include "base/byte_buffer.hpp"
#include "base/crc32c.hpp"
#include "compression/compression.hpp"
#include "record/batch_layout.hpp"
#include "record/batch_writer.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/messages/fetch.hpp>

#include <limits>

using namespace kasio;
using namespace kasio_test;

namespace {

using fetch_answer = protocol::fetch_response;
using request = testing::request_record;

struct fetch_lie {
    const char* name;
    std::function<void(fetch_answer&)> change;
};

const std::string junk(100, '\x7f');

const std::vector<fetch_lie> fetch_lies{
    {"has a code nobody knows for all", [](fetch_answer& a) { a.error_code = 9'999; }},
    {"has a code nobody knows for the partition",
     [](fetch_answer& a) { a.responses[0].partitions[0].error_code = 9'999; }},
    {"names a session nobody asked for", [](fetch_answer& a) { a.session_id = -7; }},
    {"names no topic", [](fetch_answer& a) { a.responses.clear(); }},
    {"names a topic nobody asked for",
     [](fetch_answer& a) {
         a.responses[0].topic = "other";
         a.responses[0].topic_id = uuid{};
         a.responses[0].partitions[0].records = bytes_view{junk};
     }},
    {"names a partition nobody asked for",
     [](fetch_answer& a) {
         a.responses[0].partitions[0].partition_index = -9;
         a.responses[0].partitions[0].records = bytes_view{junk};
     }},
    {"names its partition a hundred times",
     [](fetch_answer& a) { a.responses[0].partitions.resize(100, a.responses[0].partitions[0]); }},
    {"says that the log ends before it begins",
     [](fetch_answer& a) {
         a.responses[0].partitions[0].high_watermark = std::numeric_limits<std::int64_t>::min();
         a.responses[0].partitions[0].last_stable_offset = std::numeric_limits<std::int64_t>::min();
     }},
    {"tells of aborted transactions that cannot be",
     [](fetch_answer& a) {
         fetch_answer::aborted_transaction one;
         one.first_offset = -5;
         a.responses[0].partitions[0].aborted_transactions->assign(10'000, one);
     }},
    {"sends to a replica that does not exist",
     [](fetch_answer& a) { a.responses[0].partitions[0].preferred_read_replica = 4'711; }},
    {"tells of a divergence before all offsets",
     [](fetch_answer& a) {
         a.responses[0].partitions[0].diverging_epoch.epoch = -3;
         a.responses[0].partitions[0].diverging_epoch.end_offset = -3;
     }},
    {"hints at a leader that does not exist",
     [](fetch_answer& a) {
         a.responses[0].partitions[0].error_code =
             static_cast<std::int16_t>(broker_errc::not_leader_or_follower);
         a.responses[0].partitions[0].current_leader.leader_id = 99;
         a.responses[0].partitions[0].current_leader.leader_epoch = 1'000;
     }},
};

/// One record, as a batch at offset 1.
std::string batch() {
    batch_writer writer;
    writer.grow_to(1'000);
    writer.append(1'000, "key", "value", {});
    const auto bytes = writer.finish({});
    std::string all{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    store_big(all.data() + batch_layout::base_offset, std::int64_t{1});
    return all;
}

template <class Number>
std::string with(std::string bytes, std::size_t at, Number value, bool mend_check_sum = true) {
    store_big(reinterpret_cast<std::byte*>(bytes.data()) + at, value);
    if (mend_check_sum) {
        const auto covered = std::as_bytes(std::span{bytes}).subspan(batch_layout::attributes);
        store_big(reinterpret_cast<std::byte*>(bytes.data()) + batch_layout::crc, crc32c(covered));
    }
    return bytes;
}

/// A batch whose records unpack to so many bytes.
std::string bomb(compression codec, std::size_t size) {
    byte_buffer packed;
    {
        const std::string zeros(size, '\0');
        compressor with_codec{codec};
        REQUIRE_FALSE(with_codec.compress(std::as_bytes(std::span{zeros}), packed));
    }
    std::string bytes = batch().substr(0, batch_layout::records);
    bytes.append(reinterpret_cast<const char*>(packed.data()), packed.size());
    bytes = with(bytes, batch_layout::length,
                 static_cast<std::int32_t>(bytes.size() - batch_layout::length_end), false);
    return with(bytes, batch_layout::attributes, static_cast<std::int16_t>(codec));
}

struct bad_batch {
    const char* name;
    std::string bytes;
    error_code told;
};

const std::vector<bad_batch>& bad_batches() {
    namespace at = batch_layout;
    const auto good = batch();
    static const std::vector<bad_batch> all{
        {"of a length of -1", with(good, at::length, std::int32_t{-1}, false), errc::corrupt_batch},
        {"shorter than its header", with(good, at::length, std::int32_t{48}, false), errc::corrupt_batch},
        {"with a wrong check sum", with(good, at::crc, std::int32_t{42}, false), errc::corrupt_batch},
        {"of a magic nobody knows", with(good, at::magic, std::int8_t{9}, false), errc::corrupt_batch},
        {"of a negative magic", with(good, at::magic, std::int8_t{-1}, false), errc::corrupt_batch},
        {"of a codec nobody knows", with(good, at::attributes, std::int16_t{7}), errc::corrupt_batch},
        {"that says lz4 and is not", with(good, at::attributes, std::int16_t{3}), errc::corrupt_batch},
        {"that says gzip and is not", with(good, at::attributes, std::int16_t{1}), errc::corrupt_batch},
        {"of -1 records", with(good, at::record_count, std::int32_t{-1}), errc::corrupt_batch},
        {"of 2^31 records", with(good, at::record_count, std::numeric_limits<std::int32_t>::max()),
         errc::corrupt_batch},
        {"that ends before it begins", with(good, at::last_offset_delta, std::int32_t{-5}),
         errc::corrupt_batch},
        {"with a record of 2^31 bytes", with(good, at::records, std::int32_t{-257}), errc::corrupt_batch},
        {"with a record of negative length", with(good, at::records, std::int8_t{1}), errc::corrupt_batch},
        {"that unpacks to 100 MiB by gzip", bomb(compression::gzip, 100 << 20), errc::batch_too_large},
        {"that unpacks to 100 MiB by lz4", bomb(compression::lz4, 100 << 20), errc::batch_too_large},
    };
    return all;
}

} // namespace

TEST_CASE("an answer to Fetch that cannot be costs no record and no storm", "[F8][F9][F12][F13]") {
    for (const auto& told : fetch_lies) {
        DYNAMIC_SECTION("it " << told.name) {
            testing::broker broker;
            broker.create_topic("t");
            broker.append("t", 0, {.value = "there"});
            lie<fetch_answer>(broker, api::fetch, [&](const request&, fetch_answer& answer) {
                answer.responses.emplace_back();
                answer.responses[0].topic = "t";
                answer.responses[0].topic_id = broker.topic_id("t");
                answer.responses[0].partitions.emplace_back();
                answer.responses[0].partitions[0].records = bytes_view{""};
                told.change(answer);
            });
            client_of client{broker};
            const auto heard = client.read(300ms);
            if (heard) INFO(heard->message());
            CHECK((!heard || *heard));
            CHECK(broker.request_count(api::fetch) < 200);
            broker.clear_faults();
            if (heard) client.seek(0);
            CHECK(client.read(5s) == error_code{});
        }
    }
}

TEST_CASE("a batch that cannot be is told with its place and can be passed over", "[F1][F3][F4]") {
    for (const auto& one : bad_batches()) {
        DYNAMIC_SECTION("a batch " << one.name) {
            testing::broker broker;
            broker.create_topic("t");
            broker.append("t", 0, {.value = "before"});
            broker.append_raw("t", 0, one.bytes);
            broker.append("t", 0, {.value = "after"});
            client_of client{broker};
            CHECK(client.read() == error_code{});
            const auto heard = client.read(5s);
            REQUIRE(heard);
            CHECK(*heard == one.told);
            CHECK(broker.request_count(api::fetch) < 50);
            client.seek(2);
            CHECK(client.read() == error_code{});
        }
    }
}
