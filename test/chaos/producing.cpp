// SPDX-License-Identifier: BSL-1.0
// Producers while everything goes wrong: nothing acknowledged is lost, nothing is there twice or out of
// order.
#include "chaos/payload.hpp"
#include "chaos/trial.hpp"
#include "chaos/writer.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace chaos {

namespace {

using kasio::testing::api;

class producing final : public trial {
public:
    producing(std::uint64_t seed, care taken) : trial{seed}, care_{taken} {}

private:
    asio::awaitable<void> run() override {
        const auto self = shared_from_this();
        const auto count = luck().between(1, 3);
        for (int number = 1; number <= count; ++number)
            writers_.push_back(std::make_shared<writer>(self, number, luck().seed(), care_));
        std::vector<api> apis{api::produce, api::metadata, api::init_producer_id, api::api_versions};
        // One trial in eight has nothing but the writers' own doings.
        if (!luck().one_in(8)) asio::co_spawn(io, torment(std::move(apis)), rethrow);
        if (care_ == care::leader_only) asio::co_spawn(io, lose_leaders(), rethrow);
        working_ = count;
        for (const auto& each : writers_) asio::co_spawn(io, work(each, luck().between(20, 60)), rethrow);
        while (working_ != 0) co_await pause(5ms);
        heal();
        for (const auto& each : writers_) co_await each->finish();
        writers_.clear();
        co_await settle();
        dump_logs();
    }

    asio::awaitable<void> work(std::shared_ptr<writer> who, int steps) {
        co_await who->work(steps);
        --working_;
    }

    /// Elections of replicas that do not have the leader's last batches.
    asio::awaitable<void> lose_leaders() {
        while (!healed) {
            const auto& [topic, partitions] = topics[luck().seed() % topics.size()];
            const int partition = luck().between(0, partitions - 1);
            const auto end = cluster.end_offset(topic, partition);
            if (end > 0) cluster.truncate(topic, partition, end - 1);
            log.note({.process = "nemesis",
                      .what = "fault",
                      .text = "lose the end of " + key_of(topic, partition)});
            co_await pause(luck().milliseconds(5, 30));
        }
    }

    const care care_;
    std::vector<std::shared_ptr<writer>> writers_;
    int working_ = 0;
};

} // namespace

std::shared_ptr<trial> make_producing(std::uint64_t seed, care taken) {
    return std::make_shared<producing>(seed, taken);
}

} // namespace chaos
