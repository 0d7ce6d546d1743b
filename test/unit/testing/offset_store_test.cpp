// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include "testing/offset_store.hpp"

using kasio::testing::offset_store;
using kasio::testing::stored_offset;

TEST_CASE("what was committed last is what is found") {
    offset_store store;
    CHECK(store.find("t", 0) == nullptr);
    store.commit("t", 0, {5, 1, "note"});
    store.commit("t", 0, {7, -1, ""});
    REQUIRE(store.find("t", 0) != nullptr);
    CHECK(*store.find("t", 0) == stored_offset{7, -1, ""});
    CHECK(store.find("t", 1) == nullptr);
    CHECK(store.erase("t", 0));
    CHECK_FALSE(store.erase("t", 0));
}

TEST_CASE("offsets of a transaction are unstable until it ends, and gone when it was aborted") {
    offset_store store;
    store.commit("t", 0, {5, -1, ""});
    store.commit_pending(1, "t", 0, {9, -1, ""});
    store.commit_pending(2, "t", 1, {3, -1, ""});
    CHECK(store.find("t", 0)->offset == 5);
    CHECK(store.is_unstable("t", 0));
    CHECK_FALSE(store.is_unstable("t", 2));
    store.end_transaction(1, true);
    store.end_transaction(2, false);
    CHECK(store.find("t", 0)->offset == 9);
    CHECK(store.find("t", 1) == nullptr);
    CHECK_FALSE(store.is_unstable("t", 0));
    CHECK_FALSE(store.is_unstable("t", 1));
}

TEST_CASE("a deleted topic takes its offsets along") {
    offset_store store;
    store.commit("gone", 0, {5, -1, ""});
    store.commit("kept", 0, {6, -1, ""});
    store.commit_pending(1, "gone", 1, {9, -1, ""});
    store.erase_topic("gone");
    CHECK(store.all().size() == 1);
    CHECK_FALSE(store.is_unstable("gone", 1));
    store.clear();
    CHECK(store.empty());
}
