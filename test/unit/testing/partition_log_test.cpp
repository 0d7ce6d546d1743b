// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include "testing/partition_log.hpp"

#include <string>

using namespace kasio;
using kasio::testing::partition_log;

namespace {

void append(partition_log& log, const std::string& bytes, std::int64_t offsets = 1, std::int64_t time = 0) {
    const std::int64_t base = log.end_offset();
    log.append(std::as_bytes(std::span{bytes}), {base, base + offsets - 1, time, 0});
}

} // namespace

TEST_CASE("a log gives whole batches from the one that holds the offset on") {
    partition_log log;
    append(log, "aaaa", 3);
    append(log, "bbbb", 2);
    append(log, "cccc");
    CHECK(log.end_offset() == 6);
    CHECK(log.read(0, 100, true).bytes.view() == "aaaabbbbcccc");
    CHECK(log.read(2, 100, true).bytes.view() == "aaaabbbbcccc");
    CHECK(log.read(3, 100, true).bytes.view() == "bbbbcccc");
    CHECK(log.read(3, 7, true).bytes.view() == "bbbb");
    CHECK(log.read(6, 100, true).bytes.empty());
}

TEST_CASE("the first batch comes even if it is larger than asked for, but only when wanted") {
    partition_log log;
    append(log, "aaaa");
    append(log, "bbbb");
    CHECK(log.read(0, 1, true).bytes.view() == "aaaa");
    CHECK(log.read(0, 1, false).bytes.empty());
    CHECK(log.read(0, 0, true).bytes.view() == "aaaa");
}

TEST_CASE("bytes that were given out stay where they are while the log grows and shrinks") {
    partition_log log;
    append(log, "first");
    const auto slice = log.read(0, 100, true);
    for (int i = 0; i < 1000; ++i) append(log, std::string(1000, 'x'));
    log.delete_before(log.end_offset());
    log.truncate(0);
    append(log, "other");
    CHECK(slice.bytes.view() == "first");
}

TEST_CASE("a truncated log goes on where it was cut, at a batch's border") {
    partition_log log;
    append(log, "aaaa", 2);
    append(log, "bbbb", 2);
    append(log, "cccc", 2);
    log.truncate(3);
    CHECK(log.end_offset() == 2);
    append(log, "dddd", 1);
    CHECK(log.end_offset() == 3);
    std::string all;
    for (std::int64_t offset = 0; offset < log.end_offset();) {
        const auto bytes = log.read(offset, 4, true).bytes;
        all += bytes.view();
        offset += bytes.view() == "aaaa" ? 2 : 1;
    }
    CHECK(all == "aaaadddd");
    log.truncate(10);
    CHECK(log.end_offset() == 3);
}

TEST_CASE("records below a raised start offset are gone") {
    partition_log log;
    append(log, "aaaa", 2);
    append(log, "bbbb", 2);
    log.delete_before(1);
    CHECK(log.start_offset() == 1);
    CHECK(log.read(1, 100, true).bytes.view() == "aaaabbbb");
    log.delete_before(100);
    CHECK(log.start_offset() == 4);
    CHECK(log.read(0, 100, true).bytes.empty());
    log.delete_before(2);
    CHECK(log.start_offset() == 4);
}

TEST_CASE("the latest batch in time is the first of those with the largest timestamp") {
    partition_log log;
    CHECK(log.latest_in_time() == nullptr);
    append(log, "a", 1, 10);
    append(log, "b", 1, 30);
    append(log, "c", 1, 30);
    append(log, "d", 1, 20);
    REQUIRE(log.latest_in_time() != nullptr);
    CHECK(log.latest_in_time()->base_offset == 1);
}

TEST_CASE("a batch larger than a chunk is stored whole") {
    partition_log log;
    append(log, "a");
    const std::string large(10'000'000, 'L');
    append(log, large);
    append(log, "z");
    CHECK(log.read(1, 1, true).bytes.view() == large);
    CHECK(log.read(2, 1, true).bytes.view() == "z");
}
