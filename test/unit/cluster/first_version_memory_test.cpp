// SPDX-License-Identifier: BSL-1.0
#include "cluster/first_version_memory.hpp"

#include "support/catch.hpp"

using namespace kasio;

TEST_CASE("a node that hangs up at the first question twice is asked with the lowest version", "[C13]") {
    first_version_memory memory;
    CHECK(memory.version(1) == 3);
    memory.on_hung_up(1);
    CHECK(memory.version(1) == 3);
    memory.on_hung_up(1);
    CHECK(memory.version(1) == 0);
    CHECK(memory.version(2) == 3);
    memory.on_success(1);
    CHECK(memory.version(1) == 0);
}

TEST_CASE("a node that hangs up whatever it is asked is asked with either version in turn", "[C13]") {
    first_version_memory memory;
    for (const std::int16_t version : {3, 3, 0, 0, 3, 3, 0}) {
        CHECK(memory.version(7) == version);
        memory.on_hung_up(7);
    }
}

TEST_CASE("one answer forgets one hang-up, and a lost connection forgets what the node was asked with",
          "[C13]") {
    first_version_memory memory;
    memory.on_hung_up(1);
    memory.on_success(1);
    memory.on_hung_up(1);
    CHECK(memory.version(1) == 3);
    memory.on_hung_up(1);
    CHECK(memory.version(1) == 0);
    memory.on_lost(1);
    CHECK(memory.version(1) == 3);
}
