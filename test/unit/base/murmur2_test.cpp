// SPDX-License-Identifier: BSL-1.0
#include "base/murmur2.hpp"

#include "support/catch.hpp"

#include <string>

using namespace kasio;

// What Java's Utils.murmur2 gives. Longer lists from the Java client are in the vectors, which the protocol tests read.
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
