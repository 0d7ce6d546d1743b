// SPDX-License-Identifier: BSL-1.0
// Consumers while everything goes wrong: each is given what it reads once, in order, and skips nothing.
#include "chaos/payload.hpp"
#include "chaos/reader.hpp"
#include "chaos/trial.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace chaos {

namespace {

using kasio::testing::api;
using kasio::testing::transaction_outcome;

/// Fills the logs behind the consumers' backs.
class source {
public:
    source(trial& world, std::uint64_t seed) : world_{world}, luck_{seed} {}

    void add() {
        if (luck_.one_in(4)) return add_transaction();
        const auto [topic, partition] = some_partition();
        const auto batch = make_up(topic, partition);
        const auto offset = world_.cluster.append(topic, partition, batch.records);
        note(batch, topic, partition, offset, -1);
    }

    /// Decides what is still open.
    void end() {
        while (!open_.empty()) decide();
    }

private:
    struct made_up {
        std::vector<std::int64_t> values;
        std::vector<std::string> bytes;
        std::vector<kasio::producer_record> records;
    };
    struct transaction {
        std::int64_t number = -1;
        std::int64_t producer = -1;
        std::vector<std::pair<std::string, int>> partitions;
    };

    std::pair<std::string, int> some_partition() {
        const auto& [topic, partitions] = world_.topics[static_cast<std::size_t>(
            luck_.between(0, static_cast<int>(world_.topics.size()) - 1))];
        return {topic, luck_.between(0, partitions - 1)};
    }

    made_up make_up(const std::string& topic, int partition) {
        made_up made;
        for (int left = luck_.between(1, 12); left > 0; --left) {
            made.values.push_back(world_.next_value++);
            const auto filler = luck_.one_in(30) ? luck_.between(500, 3'000) : luck_.between(0, 50);
            made.bytes.push_back(
                bytes_of(made.values.back(), topic, partition, static_cast<std::size_t>(filler)));
        }
        made.records.resize(made.bytes.size());
        for (std::size_t i = 0; i < made.bytes.size(); ++i) made.records[i].value = made.bytes[i];
        return made;
    }

    void note(const made_up& batch, const std::string& topic, int partition, std::int64_t offset,
              std::int64_t group) {
        for (const auto value : batch.values) {
            const event send{.process = "source",
                             .what = "send",
                             .key = key_of(topic, partition),
                             .value = value,
                             .offset = offset++,
                             .group = group};
            const auto operation = world_.log.begin(send, slack);
            world_.log.begun();
            event end = send;
            end.phase = phase::ok;
            world_.log.end(operation, std::move(end));
        }
    }

    /// A transaction on one or two partitions. Their ends come later.
    void add_transaction() {
        transaction made;
        made.number = world_.next_value++;
        for (int left = luck_.between(1, 2); left > 0; --left) {
            const auto where = some_partition();
            if (!made.partitions.empty() && made.partitions.front() == where) continue;
            const auto& [topic, partition] = where;
            const auto batch = make_up(topic, partition);
            const auto offset = world_.cluster.end_offset(topic, partition);
            made.producer = world_.cluster.append_transaction(topic, partition, batch.records,
                                                              transaction_outcome::open, made.producer);
            note(batch, topic, partition, offset, made.number);
            made.partitions.push_back(where);
        }
        open_.push_back(std::move(made));
        if (open_.size() > 2 || luck_.one_in(2)) decide();
    }

    void decide() {
        const auto which = open_.begin() + luck_.between(0, static_cast<int>(open_.size()) - 1);
        const bool commits = !luck_.one_in(3);
        const auto outcome = commits ? transaction_outcome::committed : transaction_outcome::aborted;
        for (const auto& [topic, partition] : which->partitions)
            world_.cluster.append_marker(topic, partition, which->producer, outcome);
        world_.log.end(-1, {.process = "source",
                            .phase = commits ? phase::ok : phase::fail,
                            .what = "transaction",
                            .value = which->number});
        open_.erase(which);
    }

    trial& world_;
    chance luck_;
    std::vector<transaction> open_;
};

class consuming final : public trial {
public:
    explicit consuming(std::uint64_t seed) : trial{seed}, source_{*this, luck().seed()} {}

private:
    asio::awaitable<void> run() override {
        const auto self = shared_from_this();
        for (int left = luck().between(5, 20); left > 0; --left) source_.add();
        const auto count = luck().between(1, 2);
        for (int number = 1; number <= count; ++number)
            readers_.push_back(std::make_shared<reader>(self, "r" + std::to_string(number), luck().seed()));
        std::vector<api> apis{api::fetch, api::list_offsets, api::metadata, api::api_versions};
        if (!luck().one_in(8)) asio::co_spawn(io, torment(std::move(apis)), rethrow);
        working_ = count;
        for (const auto& each : readers_) asio::co_spawn(io, work(each, luck().between(30, 80)), rethrow);
        while (working_ != 0) {
            if (luck().one_in(2)) source_.add();
            co_await pause(luck().milliseconds(1, 10));
        }
        heal();
        source_.end();
        readers_.push_back(std::make_shared<reader>(self, "final", luck().seed()));
        for (const auto& each : readers_) co_await each->finish(each == readers_.back());
        log.note({.what = "final"});
        readers_.clear();
        co_await settle();
        dump_logs();
    }

    asio::awaitable<void> work(std::shared_ptr<reader> who, int steps) {
        co_await who->work(steps);
        --working_;
    }

    source source_;
    std::vector<std::shared_ptr<reader>> readers_;
    int working_ = 0;
};

} // namespace

std::shared_ptr<trial> make_consuming(std::uint64_t seed) { return std::make_shared<consuming>(seed); }

} // namespace chaos
