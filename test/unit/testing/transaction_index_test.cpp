// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include "testing/transaction_index.hpp"

using kasio::testing::transaction_index;

TEST_CASE("a log is stable up to the first open transaction") {
    transaction_index index;
    CHECK(index.last_stable_offset(10) == 10);
    index.on_batch(1, 3);
    index.on_batch(2, 5);
    index.on_batch(1, 7);
    CHECK(index.last_stable_offset(10) == 3);
    index.on_marker(1, 10, true);
    CHECK(index.last_stable_offset(11) == 5);
    CHECK(index.is_open(2));
    index.on_marker(2, 11, false);
    CHECK(index.last_stable_offset(12) == 12);
    CHECK_FALSE(index.is_open(2));
}

TEST_CASE("aborted transactions are named where they overlap what is read, in the order of their markers") {
    transaction_index index;
    index.on_batch(1, 0);
    index.on_batch(2, 1);
    index.on_marker(2, 4, false);
    index.on_marker(1, 5, false);
    index.on_batch(3, 6);
    index.on_marker(3, 7, true);
    using aborted = transaction_index::aborted_transaction;
    CHECK(index.aborted(0, 8) == std::vector<aborted>{{2, 1, 4}, {1, 0, 5}});
    CHECK(index.aborted(5, 8) == std::vector<aborted>{{1, 0, 5}});
    CHECK(index.aborted(0, 1) == std::vector<aborted>{{1, 0, 5}});
    CHECK(index.aborted(6, 8).empty());
}

TEST_CASE("a marker without a transaction ends nothing") {
    transaction_index index;
    index.on_marker(1, 0, false);
    CHECK(index.aborted(0, 10).empty());
    CHECK(index.last_stable_offset(1) == 1);
}

TEST_CASE("a transaction whose marker is cut off is open again") {
    transaction_index index;
    index.on_batch(1, 2);
    index.on_marker(1, 4, false);
    index.on_batch(2, 5);
    index.truncate(4);
    CHECK(index.last_stable_offset(4) == 2);
    CHECK(index.aborted(0, 10).empty());
    CHECK_FALSE(index.is_open(2));
    index.on_marker(1, 4, true);
    CHECK(index.last_stable_offset(5) == 5);
    index.truncate(0);
    CHECK(index.last_stable_offset(0) == 0);
    CHECK_FALSE(index.is_open(1));
}
