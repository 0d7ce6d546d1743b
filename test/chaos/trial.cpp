// SPDX-License-Identifier: BSL-1.0
#include "chaos/trial.hpp"

#include "chaos/payload.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cstdlib>
#include <exception>

namespace chaos {

namespace {

/// No trial takes as long.
const std::chrono::milliseconds time_for_all = patiently(120s);

kasio::testing::broker_options options_of(std::uint64_t seed, const kasio::testing::group_options& groups) {
    chance luck{seed ^ 0x5eedULL};
    kasio::testing::broker_options options;
    options.nodes = luck.between(1, 4) == 1 ? 1 : 3;
    options.default_partitions = luck.between(1, 3);
    options.election_delay = luck.milliseconds(0, 20);
    options.groups = groups;
    return options;
}

} // namespace

std::chrono::milliseconds patiently(std::chrono::milliseconds usual) {
    constexpr double normal = 2;
    const char* const text = std::getenv("KASIO_TEST_PATIENCE");
    const double patience = text != nullptr ? std::strtod(text, nullptr) : normal;
    return std::chrono::milliseconds{
        static_cast<std::int64_t>(static_cast<double>(usual.count()) * std::max(patience, 0.1) / normal)};
}

trial::trial(std::uint64_t seed, const kasio::testing::group_options& groups)
    : cluster{options_of(seed, groups)}, seed_{seed}, luck_{seed} {
    for (int at = luck_.between(1, 3); at > 0; --at) {
        const std::string name = "t" + std::to_string(at);
        topics.emplace_back(name, luck_.between(1, 3));
        cluster.create_topic(name, topics.back().second);
    }
}

void trial::start() {
    end_ = std::chrono::steady_clock::now() + time_for_all;
    asio::co_spawn(io, run(), [self = shared_from_this()](std::exception_ptr thrown) {
        self->over_ = true;
        self->end_ = std::chrono::steady_clock::now() + slack;
        if (!thrown) return;
        try {
            std::rethrow_exception(thrown);
        } catch (const std::exception& what) {
            self->broken_ = what.what();
        }
    });
}

bool trial::step() {
    io.restart();
    while (io.poll() != 0) {
    }
    // Nothing waits any more: no timer, no socket, no handler.
    const bool idle = io.stopped();
    if (!(over_ && idle) && std::chrono::steady_clock::now() < end_) return false;
    conclude(idle);
    return true;
}

void trial::conclude(bool idle) {
    hangs_ = !over_ || !idle;
    if (!over_) log.note({.what = "hang", .text = "after " + std::to_string(time_for_all.count()) + " ms"});
    else log.note({.what = "residue", .value = idle ? 0 : 1, .text = "timers, sockets or handlers"});
    lines_ = to_lines(log.events());
    const auto events = from_lines(lines_);
    findings_ = checker{events}.run();
    if (!broken_.empty()) findings_.push_back({"exception", broken_, {}, -1});
}

std::size_t trial::count(const std::string& what, phase in) const {
    const auto& events = log.events();
    return static_cast<std::size_t>(std::count_if(
        events.begin(), events.end(), [&](const event& one) { return one.what == what && one.phase == in; }));
}

kasio::cluster_options trial::reach(chance& luck) const {
    kasio::cluster_options options;
    options.bootstrap_servers = cluster.bootstrap_servers();
    options.connect_timeout = luck.milliseconds(100, 300);
    options.request_timeout = luck.milliseconds(60, 400);
    options.default_timeout = 2s;
    options.reconnect_backoff = luck.milliseconds(1, 10);
    options.reconnect_backoff_max = 40ms;
    options.retry_backoff = luck.milliseconds(1, 10);
    options.retry_backoff_max = 40ms;
    if (luck.one_in(3)) options.metadata_max_age = luck.milliseconds(20, 200);
    if (luck.one_in(5)) options.idle_timeout = luck.milliseconds(20, 100);
    return options;
}

asio::awaitable<void> trial::pause(std::chrono::milliseconds time) {
    asio::steady_timer timer{io, time};
    co_await timer.async_wait(asio::use_awaitable);
}

void trial::heal() {
    healed = true;
    cluster.clear_faults();
    for (int node = 1; node <= cluster.node_count(); ++node) {
        cluster.resume_node(node);
        cluster.revive_node(node);
    }
    log.note({.process = "nemesis", .what = "fault", .text = "heal"});
}

asio::awaitable<void> trial::settle() {
    co_await pause(longest_delay + 20ms);
    const auto end = std::chrono::steady_clock::now() + slack;
    while (cluster.connection_count() != 0 && std::chrono::steady_clock::now() < end) co_await pause(5ms);
    log.note({.what = "residue",
              .value = static_cast<std::int64_t>(cluster.connection_count()),
              .text = "connections"});
}

void trial::dump_logs() {
    for (const auto& [topic, partitions] : topics) {
        for (int partition = 0; partition < partitions; ++partition) {
            event note{.what = "log", .key = key_of(topic, partition)};
            for (const auto& record : cluster.records(topic, partition)) {
                const auto value = value_in(record.value.value_or(""), topic, partition);
                note.items.push_back({note.key, record.offset, value});
            }
            log.note(std::move(note));
        }
    }
}

} // namespace chaos
