// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include "consumer/finish_tracker.hpp"
#include "consumer/work_queue.hpp"

#include <algorithm>
#include <random>
#include <string>

using namespace kasio;

namespace {

const topic_partition t0{"t", 0};

std::int64_t only(const std::vector<partition_offset>& offsets) {
    REQUIRE(offsets.size() == 1);
    return offsets.front().offset;
}

} // namespace

TEST_CASE("what may be committed is what lies before the first record that is not finished") {
    finish_tracker with;
    CHECK(with.idle());
    const auto a = with.begin(t0, 1, 10, 3);
    const auto b = with.begin(t0, 1, 12, 4);
    const auto c = with.begin(t0, 1, 13, 5);
    with.pass(t0, 1, 20, 6);
    CHECK(with.take_committable().empty());
    CHECK_FALSE(with.idle());
    with.finish(b);
    CHECK(with.take_committable().empty());
    with.finish(a);
    with.finish(a);
    const auto first = with.take_committable();
    CHECK(only(first) == 13);
    CHECK(first.front().partition == t0);
    CHECK(first.front().leader_epoch == 4);
    CHECK(with.take_committable().empty());
    CHECK(with.unfinished().front().offset == 13);
    // Behind the last one: past what is never given.
    with.finish(c);
    CHECK_FALSE(with.idle());
    const auto last = with.take_committable();
    CHECK(only(last) == 20);
    CHECK(last.front().leader_epoch == 6);
    CHECK(with.idle());
    CHECK(with.unfinished().empty());
    // What failed is named again, unless there is more by then.
    with.failed(last);
    CHECK_FALSE(with.idle());
    CHECK(only(with.take_committable()) == 20);
}

TEST_CASE("what was begun in a reading that has been left counts no more", "[F13]") {
    finish_tracker with;
    const auto old = with.begin(t0, 1, 100, -1);
    const auto done = with.begin(t0, 1, 101, -1);
    with.finish(done);
    const auto again = with.begin(t0, 2, 5, -1);
    with.pass(t0, 2, 6, -1);
    with.finish(old);
    CHECK(with.take_committable().empty());
    with.finish(again);
    CHECK(only(with.take_committable()) == 6);
    CHECK(with.idle());
}

TEST_CASE("in whatever order records finish, nothing unfinished is ever passed, and all is in the end") {
    for (unsigned seed = 0; seed < 200; ++seed) {
        CAPTURE(seed);
        std::mt19937 random{seed};
        finish_tracker with;
        std::vector<std::pair<std::int64_t, finish_tracker::ticket>> open[3];
        std::int64_t next[3] = {0, 0, 0};
        std::int64_t committed[3] = {-1, -1, -1};
        const auto check = [&] {
            for (const auto& each : with.take_committable()) {
                const auto at = static_cast<std::size_t>(each.partition.partition);
                REQUIRE(each.offset > committed[at]);
                REQUIRE(each.offset <= next[at]);
                for (const auto& [offset, ticket] : open[at]) REQUIRE(each.offset <= offset);
                committed[at] = each.offset;
                // Some commits fail.
                if (random() % 4 == 0) with.failed({each}), --committed[at];
            }
        };
        for (int step = 0; step < 300; ++step) {
            const auto at = random() % 3;
            const topic_partition name{"t", static_cast<std::int32_t>(at)};
            if (random() % 2 == 0) {
                for (auto count = random() % 5 + 1; count > 0; --count) {
                    open[at].emplace_back(next[at], with.begin(name, 7, next[at], -1));
                    next[at] += 1 + static_cast<std::int64_t>(random() % 3);
                }
                with.pass(name, 7, next[at], -1);
            } else if (!open[at].empty()) {
                const auto which = open[at].begin() + static_cast<std::ptrdiff_t>(random() % open[at].size());
                with.finish(which->second);
                open[at].erase(which);
            }
            if (random() % 3 == 0) check();
        }
        for (auto& each : open) {
            for (const auto& [offset, ticket] : each) with.finish(ticket);
            each.clear();
        }
        for (int tries = 0; tries < 50 && !with.idle(); ++tries) check();
        for (int at = 0; at < 3; ++at) CHECK((next[at] == 0 || committed[at] == next[at]));
    }
}

TEST_CASE("work of one lane goes one after the other, lanes side by side and in turn") {
    work_queue<std::string> with{2};
    for (const auto* const work : {"a1", "a2", "a3"}) with.add(1, work);
    for (const auto* const work : {"b1", "b2"}) with.add(2, work);
    with.add(3, "c1");
    const auto a = with.start();
    const auto b = with.start();
    CHECK(a->second == "a1");
    CHECK(b->second == "b1");
    CHECK_FALSE(with.start());
    CHECK(with.running() == 2);
    CHECK(with.waiting() == 4);
    with.done(1);
    CHECK(with.start()->second == "c1");
    CHECK_FALSE(with.start());
    with.done(3);
    CHECK(with.start()->second == "a2");
    with.done(2);
    CHECK(with.start()->second == "b2");
    with.drop_waiting();
    with.done(1);
    with.done(2);
    CHECK_FALSE(with.start());
    CHECK(with.running() == 0);
    CHECK(with.waiting() == 0);
}
