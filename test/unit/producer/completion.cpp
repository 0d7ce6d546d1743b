// SPDX-License-Identifier: BSL-1.0
#include "producer/completion.hpp"

#include "producer/topic_table.hpp"
#include "support/catch.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>

#include <stdexcept>

namespace asio = boost::asio;
using namespace kasio;

namespace {

/// A batch of `count` records, record `i` with timestamp 1000 + i.
struct fixture {
    asio::io_context own;
    topic_entry topic{"orders", 1};
    partition_queue queue{&topic, 4};
    std::shared_ptr<batch_pool> pool = std::make_shared<batch_pool>(1'000'000);
    std::shared_ptr<send_batch> batch = pool->acquire(0);
    completer ends;

    explicit fixture(completer::hook hook = {}) : ends{own.get_executor(), std::move(hook)} {
        batch->home = &queue;
    }

    void record() {
        batch->writer.grow_to(4096);
        batch->writer.append(1000 + batch->writer.count(), "k", "v", {});
    }
    template <class Handler>
    void record_with(Handler handler) {
        using operation = detail::typed_send<Handler>;
        auto* const made =
            operation::construct(batch->memory.allocate(sizeof(operation), alignof(operation)), &handler);
        ends.adopt(*batch, made);
        batch->link(made, batch->writer.count(), 1000 + batch->writer.count());
        record();
    }
    [[nodiscard]] static batch_outcome delivered() {
        return {.error = {}, .base_offset = 500, .fate = fate::delivered};
    }
};

} // namespace

TEST_CASE("handlers on the producer's executor run at once, in order, each with its own offset and time") {
    fixture f;
    std::vector<std::int64_t> offsets;
    for (int i = 0; i < 3; ++i) {
        f.record_with([&](error_code error, const delivery& what) {
            CHECK_FALSE(error);
            CHECK(what.partition == 4);
            CHECK(what.fate == fate::delivered);
            CHECK(what.timestamp == timestamp{std::chrono::milliseconds{1000 + what.offset - 500}});
            offsets.push_back(what.offset);
        });
    }
    f.ends.complete(f.batch, fixture::delivered());
    CHECK(offsets == std::vector<std::int64_t>{500, 501, 502});
}

TEST_CASE("the broker's own time replaces that of the record") {
    fixture f;
    timestamp seen{};
    f.record_with([&](error_code, const delivery& what) { seen = what.timestamp; });
    f.ends.complete(f.batch, {.error = {}, .base_offset = 1, .log_append_time = 77, .fate = fate::delivered});
    CHECK(seen == timestamp{std::chrono::milliseconds{77}});
}

TEST_CASE("handlers of another executor get one post for all of them") {
    fixture f;
    asio::io_context other;
    int called = 0;
    for (int i = 0; i < 100; ++i) {
        f.record_with(
            asio::bind_executor(other.get_executor(), [&](error_code, const delivery&) { ++called; }));
    }
    CHECK(f.batch->guards.size() == 1);
    f.ends.complete(f.batch, fixture::delivered());
    CHECK(called == 0);
    CHECK(other.poll() == 1);
    CHECK(called == 100);
}

TEST_CASE("a pending batch keeps the context of a foreign handler from running dry") {
    fixture f;
    asio::io_context other;
    f.record_with(asio::bind_executor(other.get_executor(), [](error_code, const delivery&) {}));
    other.poll();
    CHECK_FALSE(other.stopped());
    f.ends.complete(f.batch, fixture::delivered());
    other.poll();
    CHECK(other.stopped());
}

TEST_CASE(
    "a handler that throws keeps no other from being called, and what it throws leaves through its executor",
    "[L5]") {
    fixture f;
    int called = 0;
    const auto add = [&](bool throws) {
        f.record_with([&called, throws](error_code, const delivery&) {
            ++called;
            if (throws) throw std::runtime_error{"handler"};
        });
    };
    add(false);
    add(true);
    add(false);
    add(true);
    add(false);
    REQUIRE_NOTHROW(f.ends.complete(f.batch, fixture::delivered()));
    int thrown = 0;
    for (;;) {
        try {
            if (f.own.poll() == 0) break;
        } catch (const std::runtime_error&) {
            ++thrown;
        }
    }
    CHECK(called == 5);
    CHECK(thrown == 2);
}

TEST_CASE("handlers posted to a context that goes down are destroyed unrun, after their batch was let go",
          "[L4]") {
    fixture f;
    auto alive = std::make_shared<int>(1);
    {
        asio::io_context other;
        f.record_with(
            asio::bind_executor(other.get_executor(), [alive](error_code, const delivery&) { FAIL(); }));
        f.ends.complete(f.batch, fixture::delivered());
        f.batch.reset();
        CHECK(alive.use_count() == 2);
    }
    CHECK(alive.use_count() == 1);
}

TEST_CASE("records without a handler are reported, those with one are not") {
    std::vector<std::int64_t> reported;
    fixture f{[&](const delivery_report& report) {
        CHECK(report.topic == "orders");
        CHECK(report.partition == 4);
        for (const auto& each : report.deliveries) {
            reported.push_back(each.offset);
            CHECK(each.timestamp == timestamp{std::chrono::milliseconds{1000 + each.offset - 500}});
        }
    }};
    f.record();
    f.record_with([](error_code, const delivery&) {});
    f.record();
    f.record_with([](error_code, const delivery&) {});
    f.ends.complete(f.batch, fixture::delivered());
    CHECK(reported == std::vector<std::int64_t>{500, 502});
}

TEST_CASE("a handler ended ahead of its batch is not called again by it", "[L2]") {
    fixture f;
    std::vector<error_code> seen;
    for (int i = 0; i < 3; ++i) {
        f.record_with([&](error_code error, const delivery&) { seen.push_back(error); });
    }
    f.ends.complete_one(f.batch, f.batch->first->next,
                        {.error = asio::error::operation_aborted, .fate = fate::unknown});
    CHECK(seen.empty());
    f.ends.complete(f.batch, fixture::delivered());
    CHECK(seen.size() == 2);
    f.own.poll();
    REQUIRE(seen.size() == 3);
    CHECK(seen[2] == asio::error::operation_aborted);
}

TEST_CASE("a batch destroyed with its handlers destroys them unrun") {
    auto alive = std::make_shared<int>(1);
    {
        fixture f;
        f.record_with([alive](error_code, const delivery&) { FAIL(); });
    }
    CHECK(alive.use_count() == 1);
}
