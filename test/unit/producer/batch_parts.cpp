// SPDX-License-Identifier: BSL-1.0
#include "producer/batch_parts.hpp"

#include "record/record_cursor.hpp"

#include "support/catch.hpp"

#include <string>

using namespace kasio;

namespace {

struct waiter {
    int* value;
    void operator()(const error_code&, const delivery& what) const { *value = static_cast<int>(what.offset); }
};

struct fixture {
    std::shared_ptr<batch_pool> pool = std::make_shared<batch_pool>(1'000'000);
    std::shared_ptr<send_batch> batch = pool->acquire(0);
    std::vector<int> values = std::vector<int>(100, -1);

    /// Records 0, 1, ...; those with an even number have somebody who waits for them.
    explicit fixture(int count) {
        batch->number = 7;
        for (int i = 0; i < count; ++i) add(i);
    }
    void add(int number) {
        const auto value = std::to_string(number);
        const header one{"h", value};
        const std::span<const header> headers{&one, 1};
        if (number % 2 == 0) {
            using operation = detail::typed_send<waiter>;
            waiter handler{&values[static_cast<std::size_t>(number)]};
            const auto& type = operation::type_of;
            auto* const made = type.construct(batch->memory.allocate(type.size, type.align), &handler);
            batch->link(made, batch->writer.count(), 1000 + number);
        }
        batch->writer.grow_to(batch->writer.size() + batch_writer::upper_bound("key", value, headers));
        batch->writer.append(1000 + number, "key", value, headers);
    }
};

std::vector<int> records_of(send_batch& batch) {
    std::vector<int> found;
    const auto bytes = batch.writer.finish({});
    batch_reader reader{bytes};
    batch_view view;
    REQUIRE(reader.next(view) == batch_reader::outcome::batch);
    const batch_origin origin;
    record_cursor cursor{view, view.records, &origin};
    record_view record;
    while (cursor.next(record) == record_cursor::outcome::record) {
        REQUIRE(record.offset() == static_cast<std::int64_t>(found.size()));
        REQUIRE(record.key() == bytes_view{"key"});
        const auto number = std::stoi(record.value().to_string());
        REQUIRE(record.timestamp().time_since_epoch().count() == 1000 + number);
        REQUIRE(record.headers().last("h") == record.value());
        found.push_back(number);
    }
    REQUIRE(found.size() == static_cast<std::size_t>(batch.writer.count()));
    return found;
}

std::vector<std::int32_t> waited_for(const send_batch& batch) {
    std::vector<std::int32_t> found;
    for (auto* each = batch.first; each != nullptr; each = each->next) found.push_back(each->index);
    REQUIRE(found.size() == batch.operations);
    return found;
}

} // namespace

TEST_CASE("a batch in two parts holds all records in their order, each with who waits for it", "[P3]") {
    fixture f{9};
    const auto middle = middle_of(*f.batch);
    CHECK(middle >= 3);
    CHECK(middle <= 6);
    const auto first = f.pool->acquire(0);
    const auto second = f.pool->acquire(0);
    take_part(f.batch, first, indices(0, 4));
    take_part(f.batch, second, indices(4, 9));
    CHECK(records_of(*first) == std::vector<int>{0, 1, 2, 3});
    CHECK(records_of(*second) == std::vector<int>{4, 5, 6, 7, 8});
    CHECK(waited_for(*first) == std::vector<std::int32_t>{0, 2});
    CHECK(waited_for(*second) == std::vector<std::int32_t>{0, 2, 4});
    CHECK(waited_for(*f.batch).empty());
    CHECK(first->before(*second));
    CHECK_FALSE(second->before(*first));
}

TEST_CASE("parts of parts stay in order, between their neighbours", "[P3]") {
    fixture f{8};
    const auto half = f.pool->acquire(0);
    const auto rest = f.pool->acquire(0);
    take_part(f.batch, half, indices(0, 4));
    take_part(f.batch, rest, indices(4, 8));
    const auto a = f.pool->acquire(0);
    const auto b = f.pool->acquire(0);
    take_part(half, a, indices(0, 2));
    take_part(half, b, indices(2, 4));
    CHECK(records_of(*b) == std::vector<int>{2, 3});
    CHECK((a->before(*b) && b->before(*rest)));
    send_batch next;
    next.number = 8;
    CHECK(rest->before(next));
}

TEST_CASE("records that are blamed leave their batch, and the others stay in order", "[P11]") {
    fixture f{6};
    const auto blamed = f.pool->acquire(0);
    const auto others = f.pool->acquire(0);
    take_part(f.batch, blamed, {1, 4});
    take_part(f.batch, others, all_but(6, {1, 4}));
    CHECK(records_of(*blamed) == std::vector<int>{1, 4});
    CHECK(records_of(*others) == std::vector<int>{0, 2, 3, 5});
    CHECK(waited_for(*blamed) == std::vector<std::int32_t>{1});
    CHECK(waited_for(*others) == std::vector<std::int32_t>{0, 1});
}

TEST_CASE("withdrawn records are left out, with their handlers", "[P13]") {
    fixture f{6};
    for (auto* each = f.batch->first; each != nullptr; each = each->next) {
        if (each->index == 4) {
            each->claimed = true;
            each->type->destroy(each);
        }
    }
    f.batch->withdrawn = {4, 1};
    leave_out_withdrawn(*f.batch);
    CHECK(records_of(*f.batch) == std::vector<int>{0, 2, 3, 5});
    CHECK(waited_for(*f.batch) == std::vector<std::int32_t>{0, 1});
    CHECK(f.batch->withdrawn.empty());
}

TEST_CASE("a batch of which all was withdrawn is empty", "[P13]") {
    fixture f{1};
    f.batch->first->claimed = true;
    f.batch->first->type->destroy(f.batch->first);
    f.batch->withdrawn = {0};
    leave_out_withdrawn(*f.batch);
    CHECK(f.batch->writer.count() == 0);
    CHECK(f.batch->first == nullptr);
}

TEST_CASE("one record much larger than the others does not make a part empty", "[P3]") {
    fixture f{2};
    CHECK(middle_of(*f.batch) == 1);
}
