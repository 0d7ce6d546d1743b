// SPDX-License-Identifier: BSL-1.0
#include "base/murmur2.hpp"

#include "support/catch.hpp"
#include "support/vectors.hpp"

#include <string>

using namespace kasio;

// What Java's Utils.murmur2 gives.
TEST_CASE("murmur2 gives the hashes of the Java client") {
    CHECK(murmur2("21") == -973932308);
    CHECK(murmur2("foobar") == -790332482);
    CHECK(murmur2("a-little-bit-long-string") == -985981536);
    CHECK(murmur2("a-little-bit-longer-string") == -1486304829);
    CHECK(murmur2("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8") == -58897971);
    CHECK(murmur2("abc") == 479470107);
    CHECK((murmur2("") & 0x7fffffff) == 275646681);
}

TEST_CASE("the partition of a key is its positive hash modulo the partitions") {
    CHECK(partition_of_key("21", 10) == (-973932308 & 0x7fffffff) % 10);
    CHECK(partition_of_key("", 12) == 9);
}

TEST_CASE("murmur2 gives the hashes and partitions of every row of the vectors") {
    int checked = 0;
    // "murmur2", key as hexadecimal digits, positive hash, partition of 12
    for (const auto& cells :
         kasio_test::read_rows(kasio_test::data_path("KASIO_RECORD_VECTORS", "records.tsv"), 5)) {
        if (cells[0] != "murmur2") continue;
        INFO(cells[1]);
        const std::string key = kasio_test::from_hex(cells[1]);
        CHECK((murmur2(key) & 0x7fffffff) == std::stoi(cells[2]));
        CHECK(partition_of_key(key, 12) == std::stoi(cells[3]));
        ++checked;
    }
    CHECK(checked > 0);
}
