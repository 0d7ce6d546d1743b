// SPDX-License-Identifier: BSL-1.0
#include "producer/sequences.hpp"

#include <kasio/broker_error.hpp>

#include "support/catch.hpp"

#include <limits>
#include <vector>

using namespace kasio;
using verdict = sequence_keeper::verdict;
using code = broker_errc;

namespace {

struct fixture {
    sequence_keeper keeper;
    partition_sequences a;
    partition_sequences b;
    explicit fixture(std::int16_t epoch = 3) { keeper.on_id(77, epoch); }
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
    verdict hears(const sent& batch, code error, bool unknown = false) {
        return keeper.on_error(a, batch.place, error, unknown);
    }
};

/// What the keeper makes of an error, by where the batch stands and what is known of it.
struct line {
    code error;
    verdict in_line;
    verdict in_line_in_doubt;
    verdict behind;
    verdict behind_in_doubt;
};

const std::vector<line> table{
    // A gap. Behind one that is not answered that is no news; the next in line is not in the log, whatever
    // was in doubt.
    {code::out_of_order_sequence_number, verdict::renumber, verdict::renumber, verdict::retry,
     verdict::retry},
    {code::duplicate_sequence_number, verdict::duplicate, verdict::duplicate, verdict::duplicate,
     verdict::duplicate},
    // The broker has forgotten the producer, and with it what became of what was in doubt.
    {code::invalid_producer_epoch, verdict::renumber, verdict::unknown, verdict::renumber, verdict::unknown},
    {code::unknown_producer_id, verdict::renumber, verdict::unknown, verdict::renumber, verdict::unknown},
    {code::invalid_producer_id_mapping, verdict::renumber, verdict::unknown, verdict::renumber,
     verdict::unknown},
    {code::producer_fenced, verdict::renumber, verdict::unknown, verdict::renumber, verdict::unknown},
    // No error of sequences: the numbers stay as they are.
    {code::not_leader_or_follower, verdict::other, verdict::other, verdict::other, verdict::other},
    {code::request_timed_out, verdict::other, verdict::other, verdict::other, verdict::other},
    {code::not_enough_replicas_after_append, verdict::other, verdict::other, verdict::other, verdict::other},
    {code::message_too_large, verdict::other, verdict::other, verdict::other, verdict::other},
    {code::invalid_record, verdict::other, verdict::other, verdict::other, verdict::other},
    {code::cluster_authorization_failed, verdict::other, verdict::other, verdict::other, verdict::other},
    {code::transactional_id_authorization_failed, verdict::other, verdict::other, verdict::other,
     verdict::other},
    {code::unsupported_version, verdict::other, verdict::other, verdict::other, verdict::other},
};

} // namespace

TEST_CASE("each error has its verdict, by the batch's place and by what is known of it", "[P4][P5][P6]") {
    for (const auto& each : table) {
        for (const bool unknown : {false, true}) {
            CAPTURE(static_cast<int>(each.error), unknown);
            fixture f;
            f.establish(f.a);
            static_cast<void>(f.send(f.a, 10));
            const auto second = f.send(f.a, 10);
            CHECK(f.hears(second, each.error, unknown) == (unknown ? each.behind_in_doubt : each.behind));
            fixture g;
            g.establish(g.a);
            const auto only = g.send(g.a, 10);
            const auto said = g.hears(only, each.error, unknown);
            CHECK(said == (unknown ? each.in_line_in_doubt : each.in_line));
            // Only what gets new numbers has lost the old ones.
            CHECK(g.a.unsettled.empty() == (said == verdict::renumber));
            if (said != verdict::renumber) CHECK(g.keeper.epoch() == 3);
        }
    }
}

TEST_CASE("what gets new numbers starts at 0 under the next epoch, or under another id", "[P6]") {
    for (const auto error :
         {code::out_of_order_sequence_number, code::invalid_producer_epoch, code::unknown_producer_id}) {
        fixture f;
        const auto first = f.send(f.a, 10);
        REQUIRE(f.hears(first, error) == verdict::renumber);
        CHECK(f.send(f.a, 10).stamp == sequence_stamp{77, 4, 0, 10});
    }
    for (const auto error : {code::producer_fenced, code::invalid_producer_id_mapping}) {
        fixture f;
        const auto first = f.send(f.a, 10);
        REQUIRE(f.hears(first, error) == verdict::renumber);
        REQUIRE(f.keeper.needs_id());
        CHECK_FALSE(f.keeper.may_start(f.a));
        f.keeper.on_id(78, 0);
        CHECK(f.send(f.a, 10).stamp == sequence_stamp{78, 0, 0, 10});
    }
}

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

TEST_CASE("a gap that a batch in front fills raises no epoch", "[P5]") {
    fixture f;
    f.establish(f.a);
    const auto first = f.send(f.a, 10);
    const auto second = f.send(f.a, 10);
    CHECK(f.hears(second, code::out_of_order_sequence_number) == verdict::retry);
    f.keeper.delivered(f.a, first.place);
    f.keeper.delivered(f.a, second.place);
    CHECK(f.keeper.epoch() == 3);
    CHECK(f.send(f.a, 1).stamp == sequence_stamp{77, 3, 20, 1});
}

TEST_CASE("under a new epoch every partition starts again, each once all it has under way has ended",
          "[P6]") {
    fixture f;
    f.establish(f.b);
    const auto first = f.send(f.a, 10);
    const auto other = f.send(f.b, 4);
    const auto another = f.send(f.b, 4);
    CHECK(f.hears(first, code::out_of_order_sequence_number) == verdict::renumber);
    // The one with the gap goes on at once: another's broker may be away for long.
    CHECK(f.send(f.a, 10).stamp == sequence_stamp{77, 4, 0, 10});
    CHECK_FALSE(f.keeper.may_start(f.b));
    f.keeper.delivered(f.b, other.place);
    CHECK_FALSE(f.keeper.may_start(f.b));
    f.keeper.delivered(f.b, another.place);
    CHECK(f.send(f.b, 1).stamp == sequence_stamp{77, 4, 0, 1});
    CHECK_FALSE(f.keeper.may_start(f.b)); // alone again
}

TEST_CASE("of batches behind a gap each gets new numbers, and the epoch rises once", "[P6]") {
    fixture f;
    f.establish(f.a);
    const auto first = f.send(f.a, 1);
    const auto second = f.send(f.a, 1);
    const auto third = f.send(f.a, 1);
    CHECK(f.hears(first, code::out_of_order_sequence_number) == verdict::renumber);
    CHECK_FALSE(f.keeper.may_start(f.a)); // two are still under the former numbers
    CHECK(f.hears(second, code::out_of_order_sequence_number) == verdict::renumber);
    CHECK(f.hears(third, code::out_of_order_sequence_number) == verdict::renumber);
    CHECK(f.keeper.epoch() == 4);
    CHECK(f.send(f.a, 1).stamp == sequence_stamp{77, 4, 0, 1});
}

TEST_CASE("the numbers of a batch that was certainly not appended are free again when it was the last",
          "[P3]") {
    fixture f;
    const auto first = f.send(f.a, 10);
    f.keeper.lost(f.a, first.place, first.stamp, false);
    CHECK(f.keeper.epoch() == 3);
    CHECK(f.send(f.a, 2).stamp == sequence_stamp{77, 3, 0, 2});
}

TEST_CASE("a lost batch with others behind it raises the epoch, and these get new numbers", "[P3][P6]") {
    fixture f;
    f.establish(f.a);
    const auto first = f.send(f.a, 10);
    const auto second = f.send(f.a, 10);
    f.keeper.lost(f.a, first.place, first.stamp, false);
    CHECK(f.keeper.epoch() == 4);
    CHECK_FALSE(f.keeper.may_start(f.a));
    CHECK(f.hears(second, code::out_of_order_sequence_number) == verdict::renumber);
    CHECK(f.keeper.epoch() == 4);
    CHECK(f.send(f.a, 10).stamp == sequence_stamp{77, 4, 0, 10});
}

TEST_CASE("a batch of unknown fate always raises the epoch, so that its late arrival meets a newer one",
          "[P7]") {
    fixture f;
    const auto first = f.send(f.a, 10);
    f.keeper.lost(f.a, first.place, first.stamp, true);
    CHECK(f.send(f.a, 10).stamp == sequence_stamp{77, 4, 0, 10});
}

TEST_CASE("behind the last epoch another producer id is asked for", "[P6]") {
    fixture f{std::numeric_limits<std::int16_t>::max()};
    const auto first = f.send(f.a, 1);
    const auto other = f.send(f.b, 1);
    f.keeper.lost(f.a, first.place, first.stamp, true);
    CHECK(f.keeper.needs_id());
    CHECK_FALSE(f.keeper.may_start(f.a));
    f.keeper.on_id(78, 0);
    CHECK(f.send(f.a, 1).stamp == sequence_stamp{78, 0, 0, 1});
    CHECK_FALSE(f.keeper.may_start(f.b));
    f.keeper.delivered(f.b, other.place);
    CHECK(f.send(f.b, 1).stamp == sequence_stamp{78, 0, 0, 1});
}

TEST_CASE("a topic made anew starts at 0, under the same epoch", "[M4]") {
    fixture f;
    f.establish(f.a);
    const auto first = f.send(f.a, 5);
    f.keeper.recreated(f.a); // with a batch under way its broker's word is waited for
    f.keeper.delivered(f.a, first.place);
    CHECK(f.send(f.a, 1).stamp.first == 5);
    const auto last = f.send(f.a, 1);
    f.keeper.delivered(f.a, last.place);
    for (const auto place : std::set<std::int64_t>{f.a.unsettled}) f.keeper.delivered(f.a, place);
    f.keeper.recreated(f.a);
    CHECK(f.send(f.a, 1).stamp == sequence_stamp{77, 3, 0, 1});
}
