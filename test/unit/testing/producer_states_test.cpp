// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include "testing/producer_states.hpp"

#include <limits>

using kasio::broker_errc;
using kasio::testing::batch_sequence;
using kasio::testing::producer_states;

namespace {

batch_sequence batch(std::int32_t first, std::int32_t count, std::int16_t epoch = 0) {
    return {7, epoch, first, count};
}

} // namespace

TEST_CASE("a repeated batch is known with the offset it got the first time") {
    producer_states states;
    CHECK(states.check(batch(0, 10)).error == broker_errc::none);
    states.note(batch(0, 10), 100);
    states.note(batch(10, 5), 110);
    CHECK(states.check(batch(0, 10)).known_at == 100);
    CHECK(states.check(batch(10, 5)).known_at == 110);
    CHECK_FALSE(states.check(batch(15, 1)).known_at);
    CHECK(states.check(batch(15, 1)).error == broker_errc::none);
}

TEST_CASE("a gap in the sequences is refused") {
    producer_states states;
    states.note(batch(0, 10), 0);
    CHECK(states.check(batch(11, 1)).error == broker_errc::out_of_order_sequence_number);
    CHECK(states.check(batch(0, 9)).error == broker_errc::out_of_order_sequence_number);
}

TEST_CASE("a batch older than the last five is a duplicate whose offset is forgotten") {
    producer_states states;
    for (int i = 0; i < 6; ++i) states.note(batch(i * 10, 10), i * 10);
    CHECK(states.check(batch(0, 10)).error == broker_errc::duplicate_sequence_number);
    CHECK(states.check(batch(10, 10)).known_at == 10);
}

TEST_CASE("a new epoch starts at 0 and fences the old one") {
    producer_states states;
    states.note(batch(0, 10), 0);
    CHECK(states.check(batch(10, 1, 1)).error == broker_errc::out_of_order_sequence_number);
    CHECK(states.check(batch(0, 1, 1)).error == broker_errc::none);
    states.note(batch(0, 1, 1), 10);
    CHECK(states.check(batch(10, 1, 0)).error == broker_errc::invalid_producer_epoch);
}

TEST_CASE("sequences wrap to 0") {
    producer_states states;
    constexpr auto top = std::numeric_limits<std::int32_t>::max();
    states.note(batch(top - 1, 2), 0);
    CHECK(states.check(batch(0, 3)).error == broker_errc::none);
    CHECK(states.check(batch(1, 3)).error == broker_errc::out_of_order_sequence_number);
}

TEST_CASE("what a cut log lost may be sent again") {
    producer_states states;
    states.note(batch(0, 10), 0);
    states.note(batch(10, 10), 10);
    states.truncate(10);
    CHECK(states.check(batch(10, 10)).error == broker_errc::none);
    CHECK_FALSE(states.check(batch(10, 10)).known_at);
}

TEST_CASE("batches without a producer id always pass") {
    producer_states states;
    CHECK(states.check({-1, -1, -1, 5}).error == broker_errc::none);
    states.note({-1, -1, -1, 5}, 0);
    CHECK_FALSE(states.check({-1, -1, -1, 5}).known_at);
}
