// SPDX-License-Identifier: BSL-1.0
#include "producer/sequences.hpp"

#include <kasio/broker_error.hpp>

#include "support/catch.hpp"

#include <limits>

using namespace kasio;
using verdict = sequence_keeper::verdict;

namespace {

struct fixture {
    sequence_keeper keeper;
    partition_sequences a;
    partition_sequences b;
    fixture() { keeper.on_id(77, 3); }
    /// One batch of no consequence for the numbers, so that others may follow each other.
    void establish(partition_sequences& partition) {
        const auto first = send(partition, 0);
        keeper.delivered(partition, first.place);
    }
    struct sent {
        sequence_stamp stamp;
        std::int64_t place = -1;
    };
    sent send(partition_sequences& partition, std::int32_t count) {
        REQUIRE(keeper.may_start(partition));
        sent batch;
        batch.stamp = keeper.start(partition, count, batch.place);
        return batch;
    }
};

} // namespace

TEST_CASE("nothing goes out without a producer id") {
    sequence_keeper keeper;
    partition_sequences partition;
    CHECK(keeper.needs_id());
    CHECK_FALSE(keeper.may_start(partition));
    keeper.on_id(5, 0);
    CHECK_FALSE(keeper.needs_id());
    CHECK(keeper.may_start(partition));
}

TEST_CASE("the first batch of a numbering goes alone") {
    fixture f;
    const auto first = f.send(f.a, 10);
    CHECK_FALSE(f.keeper.may_start(f.a));
    CHECK(f.keeper.may_start(f.b));
    f.keeper.delivered(f.a, first.place);
    CHECK(f.send(f.a, 10).stamp == sequence_stamp{77, 3, 10, 10});
    CHECK(f.keeper.may_start(f.a));
}

TEST_CASE("sequences count records, a partition apart from the other") {
    fixture f;
    f.establish(f.a);
    CHECK(f.send(f.a, 10).stamp == sequence_stamp{77, 3, 0, 10});
    CHECK(f.send(f.a, 5).stamp == sequence_stamp{77, 3, 10, 5});
    CHECK(f.send(f.b, 1).stamp == sequence_stamp{77, 3, 0, 1});
    CHECK(f.send(f.a, 1).stamp.first == 15);
}

TEST_CASE("sequences wrap to 0 behind 2^31 - 1") {
    fixture f;
    f.establish(f.a);
    const auto most = std::numeric_limits<std::int32_t>::max();
    auto first = f.send(f.a, most);
    f.keeper.delivered(f.a, first.place);
    auto second = f.send(f.a, 3);
    CHECK(second.stamp.first == most);
    CHECK(f.send(f.a, 1).stamp.first == 2);
}

TEST_CASE("no more than five batches of a partition are under way") {
    fixture f;
    f.establish(f.a);
    std::vector<fixture::sent> batches;
    for (int i = 0; i < 5; ++i) batches.push_back(f.send(f.a, 1));
    CHECK_FALSE(f.keeper.may_start(f.a));
    CHECK(f.keeper.may_start(f.b));
    f.keeper.delivered(f.a, batches[0].place);
    CHECK(f.keeper.may_start(f.a));
}

TEST_CASE("45 behind a batch that has not ended means only that this one comes first", "[P5]") {
    fixture f;
    f.establish(f.a);
    const auto first = f.send(f.a, 10);
    const auto second = f.send(f.a, 10);
    CHECK(f.keeper.on_error(f.a, second.place, broker_errc::out_of_order_sequence_number) == verdict::retry);
    CHECK_FALSE(f.keeper.renewing());
    f.keeper.delivered(f.a, first.place);
    f.keeper.delivered(f.a, second.place);
    CHECK(f.keeper.epoch() == 3);
}

TEST_CASE("45 on the oldest batch raises the epoch, but only when all under way has ended", "[P6]") {
    fixture f;
    const auto first = f.send(f.a, 10);
    const auto other = f.send(f.b, 4);
    CHECK(f.keeper.on_error(f.a, first.place, broker_errc::out_of_order_sequence_number) == verdict::renumber);
    CHECK(f.keeper.renewing());
    CHECK_FALSE(f.keeper.may_start(f.a));
    CHECK_FALSE(f.keeper.may_start(f.b));
    f.keeper.delivered(f.b, other.place);
    CHECK_FALSE(f.keeper.renewing());
    CHECK(f.send(f.a, 10).stamp == sequence_stamp{77, 4, 0, 10});
    CHECK(f.send(f.b, 1).stamp == sequence_stamp{77, 4, 0, 1});
}

TEST_CASE("59 and 47 renumber whatever stands before", "[P6]") {
    for (const auto error : {broker_errc::unknown_producer_id, broker_errc::invalid_producer_epoch}) {
        fixture f;
        f.establish(f.a);
        const auto first = f.send(f.a, 1);
        const auto second = f.send(f.a, 1);
        CHECK(f.keeper.on_error(f.a, second.place, error) == verdict::renumber);
        CHECK(f.keeper.on_error(f.a, first.place, error) == verdict::renumber);
        CHECK(f.keeper.epoch() == 4);
    }
}

TEST_CASE("other errors are none of the sequences' business") {
    fixture f;
    const auto first = f.send(f.a, 1);
    CHECK(f.keeper.on_error(f.a, first.place, broker_errc::not_leader_or_follower) == verdict::other);
    CHECK(f.a.unsettled.size() == 1);
}

TEST_CASE("the numbers of a batch that was certainly not appended are free again when it was the last") {
    fixture f;
    const auto first = f.send(f.a, 10);
    f.keeper.lost(f.a, first.place, first.stamp, false);
    CHECK_FALSE(f.keeper.renewing());
    CHECK(f.send(f.a, 2).stamp == sequence_stamp{77, 3, 0, 2});
}

TEST_CASE("a lost batch with others behind it raises the epoch once they have ended") {
    fixture f;
    f.establish(f.a);
    const auto first = f.send(f.a, 10);
    const auto second = f.send(f.a, 10);
    f.keeper.lost(f.a, first.place, first.stamp, false);
    CHECK(f.keeper.renewing());
    CHECK(f.keeper.on_error(f.a, second.place, broker_errc::out_of_order_sequence_number) == verdict::renumber);
    CHECK(f.send(f.a, 10).stamp == sequence_stamp{77, 4, 0, 10});
}

TEST_CASE("a batch of unknown fate always raises the epoch, so that its late arrival meets an older one", "[P7]") {
    fixture f;
    const auto first = f.send(f.a, 10);
    f.keeper.lost(f.a, first.place, first.stamp, true);
    CHECK(f.send(f.a, 10).stamp == sequence_stamp{77, 4, 0, 10});
}

TEST_CASE("behind the last epoch another producer id is asked for", "[P6]") {
    fixture f;
    f.keeper.on_id(77, std::numeric_limits<std::int16_t>::max());
    const auto first = f.send(f.a, 1);
    f.keeper.lost(f.a, first.place, first.stamp, true);
    CHECK(f.keeper.needs_id());
    f.keeper.on_id(78, 0);
    CHECK(f.send(f.a, 1).stamp == sequence_stamp{78, 0, 0, 1});
}
