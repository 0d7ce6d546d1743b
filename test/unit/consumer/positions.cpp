// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include "consumer/positions.hpp"

using namespace kasio;
using found = positions::found;
using out_of_range = positions::out_of_range;
using stage = partition_position::stage;

namespace {

struct one_partition {
    positions all;
    std::shared_ptr<partition_position> p;
    std::int64_t previous = -1;

    explicit one_partition(start_position from = {}, offset_reset policy = offset_reset::earliest)
        : all{policy} {
        all.assign({{{"t", 0}, from}});
        p = all.all().front();
    }
    found answer(std::int64_t offset) { return all.on_answer(*p, p->version, offset, previous); }
};

constexpr std::int64_t latest = -1;
constexpr std::int64_t earliest = -2;

} // namespace

TEST_CASE("each start asks its question") {
    struct row {
        start_position from;
        offset_reset policy;
        std::optional<std::int64_t> question;
    };
    const std::vector<row> rows{
        {{}, offset_reset::earliest, earliest},
        {{}, offset_reset::latest, latest},
        {{}, offset_reset::none, std::nullopt},
        {start_position::beginning(), offset_reset::none, earliest},
        {start_position::end(), offset_reset::none, latest},
        {start_position::at(5), offset_reset::none, std::nullopt},
        {start_position::at_time(timestamp{std::chrono::milliseconds{77}}), offset_reset::none, 77},
        {start_position::at_time(timestamp{std::chrono::milliseconds{-1}}), offset_reset::none, 0},
        {start_position::before_end(3), offset_reset::none, latest},
    };
    for (const auto& each : rows) {
        one_partition with{each.from, each.policy};
        CHECK(with.all.question(*with.p, {}) == each.question);
    }
}

TEST_CASE("an offset needs no look-up, and no position without a policy stops") {
    one_partition at{start_position::at(5)};
    CHECK(at.p->where == stage::known);
    CHECK(at.all.position({"t", 0}) == 5);
    one_partition none{{}, offset_reset::none};
    const auto before = none.p->version;
    CHECK_FALSE(none.all.question(*none.p, {}));
    CHECK(none.p->where == stage::stopped);
    CHECK(none.p->version > before);
    CHECK_FALSE(none.all.position({"t", 0}).has_value());
    CHECK_FALSE(none.all.seek({"t", 0}, start_position::at(1)));
    CHECK(none.p->where == stage::known);
}

TEST_CASE("an answer sets the position; a first position is no reset") {
    one_partition with;
    CHECK(with.answer(12) == found::position);
    CHECK(with.all.position({"t", 0}) == 12);
    CHECK_FALSE(with.all.question(*with.p, {}).has_value());
    CHECK(with.answer(13) == found::stale);
    CHECK(with.all.position({"t", 0}) == 12);
}

TEST_CASE("so many before the end asks for both ends") {
    struct row {
        std::int64_t end, beginning, count, expected;
    };
    for (const auto& each :
         std::vector<row>{{100, 5, 10, 90}, {100, 95, 10, 95}, {3, 0, 10, 0}, {100, 5, 0, 100}}) {
        one_partition with{start_position::before_end(each.count)};
        const auto first = with.p->version;
        CHECK(with.answer(each.end) == found::more);
        CHECK(with.all.on_answer(*with.p, first, each.end, with.previous) == found::stale);
        CHECK(with.all.question(*with.p, {}) == earliest);
        CHECK(with.answer(each.beginning) == found::position);
        CHECK(with.all.position({"t", 0}) == each.expected);
    }
}

TEST_CASE("a time after all records means the end") {
    one_partition with{start_position::at_time(timestamp{std::chrono::milliseconds{77}})};
    CHECK(with.answer(-1) == found::more);
    CHECK(with.all.question(*with.p, {}) == latest);
    CHECK(with.answer(50) == found::position);
    CHECK(with.all.position({"t", 0}) == 50);
}

TEST_CASE("a negative offset in a success is asked again, never believed", "[F6]") {
    one_partition with;
    CHECK(with.answer(-1) == found::nonsense);
    CHECK_FALSE(with.all.position({"t", 0}).has_value());
    CHECK(with.all.question(*with.p, {}) == earliest);
    one_partition end{start_position::at_time(timestamp{std::chrono::milliseconds{77}})};
    CHECK(end.answer(-1) == found::more);
    CHECK(end.answer(-1) == found::nonsense);
}

TEST_CASE("an answer for a position that was left is dropped", "[F13]") {
    one_partition with;
    const auto version = with.p->version;
    with.all.seek({"t", 0}, start_position::end());
    CHECK(with.all.on_answer(*with.p, version, 5, with.previous) == found::stale);
    CHECK(with.all.question(*with.p, {}) == latest);
    CHECK(with.answer(9) == found::position);
    const auto known = with.p->version;
    CHECK(positions::advance(*with.p, known, 10, -1, true));
    CHECK(with.all.position({"t", 0}) == 10);
    with.all.seek({"t", 0}, start_position::at(3));
    CHECK_FALSE(positions::advance(*with.p, known, 11, -1, true));
    CHECK(with.all.position({"t", 0}) == 3);
    CHECK(with.all.on_out_of_range(*with.p, known) == out_of_range::stale);
    with.all.assign({});
    CHECK_FALSE(positions::advance(*with.p, with.p->version, 12, -1, true));
    CHECK(with.all.on_out_of_range(*with.p, with.p->version) == out_of_range::stale);
}

TEST_CASE("out of range resets by the policy, from the old position to the new", "[F5]") {
    one_partition with{start_position::at(100), offset_reset::latest};
    CHECK(with.all.on_out_of_range(*with.p, with.p->version) == out_of_range::reset);
    CHECK(with.all.question(*with.p, {}) == latest);
    CHECK(with.all.position({"t", 0}) == 100);
    CHECK(with.answer(40) == found::reset);
    CHECK(with.previous == 100);
    CHECK(with.all.position({"t", 0}) == 40);
    one_partition none{start_position::at(100), offset_reset::none};
    CHECK(none.all.on_out_of_range(*none.p, none.p->version) == out_of_range::stopped);
    CHECK(none.p->where == stage::stopped);
    CHECK(none.all.position({"t", 0}) == 100);
    CHECK(none.all.on_out_of_range(*none.p, none.p->version) == out_of_range::stale);
}

TEST_CASE("a log that was cut sets the position to where it parts from what was read", "[F7]") {
    using truncated = positions::truncated;
    struct row {
        const char* what;
        /// Of the leader's log, for an epoch of 5 and an offset of 20.
        log_end end;
        offset_reset policy;
        truncated outcome;
        std::int64_t offset;
        std::int32_t epoch;
    };
    const std::vector<row> rows{
        {"below", {5, 12}, offset_reset::earliest, truncated::moved, 12, 5},
        {"below, in an epoch before", {4, 12}, offset_reset::latest, truncated::moved, 12, 4},
        {"ahead, so that only what was not handed out is lost",
         {5, 25},
         offset_reset::earliest,
         truncated::ahead,
         20,
         5},
        // Leader 4 wrote on to 25 while leader 5 wrote what was read, and leader 6 took its log.
        {"ahead, but of an epoch before", {4, 25}, offset_reset::earliest, truncated::moved, 20, 4},
        {"without a policy", {5, 12}, offset_reset::none, truncated::stopped, 20, 5},
        {"an epoch before without a policy", {4, 25}, offset_reset::none, truncated::stopped, 20, 5},
    };
    for (const auto& row : rows) {
        CAPTURE(row.what);
        one_partition at{start_position::at(10), row.policy};
        REQUIRE(positions::advance(*at.p, at.p->version, 20, 5, true));
        const auto version = at.p->version;
        CHECK(at.all.on_truncated(*at.p, version - 1, row.end, at.previous) == truncated::stale);
        CHECK(at.all.on_truncated(*at.p, version, row.end, at.previous) == row.outcome);
        CHECK(at.p->offset == row.offset);
        CHECK(at.p->epoch == row.epoch);
        CHECK((at.p->version == version) == (row.outcome == truncated::ahead));
        if (row.outcome == truncated::moved) CHECK(at.previous == 20);
    }
}

TEST_CASE("a seek during a reset wins over it", "[F13]") {
    one_partition with{start_position::at(100)};
    with.all.on_out_of_range(*with.p, with.p->version);
    const auto asked = with.p->version;
    with.all.seek({"t", 0}, start_position::beginning());
    CHECK(with.all.on_answer(*with.p, asked, 40, with.previous) == found::stale);
    CHECK(with.answer(7) == found::position);
}

TEST_CASE("assigning keeps what stays, and the first of a name that comes twice", "[F13]") {
    positions all{offset_reset::earliest};
    CHECK(all.none());
    all.assign({{{"t", 0}, start_position::at(5)},
                {{"t", 1}, start_position::at(6)},
                {{"t", 1}, start_position::at(7)}});
    CHECK(all.assigned().size() == 2);
    CHECK(all.position({"t", 1}) == 6);
    const auto kept = all.all().back();
    CHECK_FALSE(all.pause({"t", 1}, true));
    const auto generation = all.generation();
    all.assign({{{"t", 1}, {}}, {{"u", 0}, {}}});
    CHECK(all.generation() > generation);
    CHECK(all.all().front() == kept);
    CHECK(kept->paused);
    CHECK(all.position({"t", 1}) == 6);
    CHECK_FALSE(all.position({"t", 0}).has_value());
    all.assign({{{"t", 1}, start_position::at(1)}});
    CHECK(all.position({"t", 1}) == 1);
    CHECK(all.seek({"u", 0}, {}) == errc::partition_not_assigned);
    CHECK(all.pause({"u", 0}, true) == errc::partition_not_assigned);
    CHECK(all.seek({"t", 1}, start_position::at(-1)) == errc::invalid_argument);
    CHECK(all.seek({"t", 1}, start_position::before_end(-1)) == errc::invalid_argument);
}

TEST_CASE("a whole topic becomes its partitions once they are known") {
    positions all{offset_reset::earliest};
    all.assign_topic("t", start_position::at(3));
    CHECK_FALSE(all.none());
    CHECK(all.assigned().empty());
    all.add_partitions("u", 2);
    all.add_partitions("t", 0);
    CHECK(all.assigned().empty());
    all.add_partitions("t", 3);
    CHECK(all.assigned().size() == 3);
    CHECK(all.position({"t", 2}) == 3);
    all.add_partitions("t", 5);
    CHECK(all.assigned().size() == 3);
}

TEST_CASE("while it is told what is finished, nothing else counts as worked off") {
    one_partition at{start_position::at(0)};
    at.p->run = 3;
    const auto committable = [&] { return at.all.consumed(false).front().offset; };
    at.all.told_by_finish(true);
    REQUIRE(positions::advance(*at.p, at.p->version, 10, 1, true));
    CHECK(committable() == 0);
    CHECK_FALSE(at.all.finish({{"t", 0}, 3, 4, 1, false}));
    CHECK(committable() == 4);
    CHECK(at.all.in_hands({{"t", 0}}));
    // More has been given meanwhile.
    REQUIRE(positions::advance(*at.p, at.p->version, 20, 1, true));
    CHECK_FALSE(at.all.finish({{"t", 0}, 3, 10, 1, true}));
    CHECK(committable() == 10);
    // What lies behind the last and is never handed out is passed too.
    REQUIRE(positions::advance(*at.p, at.p->version, 22, 2, false));
    CHECK(committable() == 10);
    CHECK(at.all.finish({{"t", 0}, 3, 20, 1, true}));
    CHECK(committable() == 22);
    CHECK_FALSE(at.all.in_hands({{"t", 0}}));
    // A position that was left meanwhile takes no notice.
    REQUIRE_FALSE(at.all.seek({"t", 0}, start_position::at(5)));
    CHECK_FALSE(at.all.finish({{"t", 0}, 3, 20, 1, true}));
    CHECK(committable() == 5);
    at.p->run = 4;
    CHECK_FALSE(at.all.finish({{"t", 0}, 3, 20, 1, true}));
    CHECK_FALSE(at.all.finish({{"u", 0}, 4, 20, 1, true}));
    CHECK(committable() == 5);
    at.all.told_by_finish(false);
    REQUIRE(positions::advance(*at.p, at.p->version, 9, 1, true));
    CHECK(committable() == 9);
    CHECK(at.all.consumed(true).front().offset == 5);
}
