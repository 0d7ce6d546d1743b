// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "chaos/chance.hpp"
#include "chaos/checker.hpp"
#include "chaos/recorder.hpp"

#include <kasio/cluster_options.hpp>
#include <kasio/testing/broker.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace chaos {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// A limit as it is without KASIO_TEST_PATIENCE, which test/run.py takes for 2; more of that on a busy
/// machine.
[[nodiscard]] std::chrono::milliseconds patiently(std::chrono::milliseconds usual);

/// Beyond what an operation's own time-outs allow: the machine may be busy with many trials.
inline const std::chrono::milliseconds slack = patiently(5s);
/// The nemesis holds no request back for longer.
inline constexpr std::chrono::milliseconds longest_delay{150};
/// Bytes of the largest batch that lies in a log for consumers.
inline constexpr std::int64_t largest_batch = 40'000;

/// The group that all members of a trial are in, and its number in histories.
inline constexpr const char* group_id = "g";
inline constexpr std::int64_t group_number = 1;

/// One run of a workload: a cluster, clients on an io_context of their own, faults; all from one seed.
class trial : public std::enable_shared_from_this<trial> {
public:
    explicit trial(std::uint64_t seed, const kasio::testing::group_options& groups = {});
    virtual ~trial() = default;
    trial(const trial&) = delete;
    trial& operator=(const trial&) = delete;

    void start();
    /// Runs what is ready. True when it is over: all ended, or time is up.
    bool step();
    /// What the checker found, once over.
    [[nodiscard]] const std::vector<finding>& findings() const { return findings_; }
    /// The history as the checker read it.
    [[nodiscard]] const std::string& lines() const { return lines_; }
    [[nodiscard]] std::uint64_t seed() const { return seed_; }
    /// Time was up: what it has left running must not be waited for.
    [[nodiscard]] bool hangs() const { return hangs_; }
    [[nodiscard]] std::size_t count(const std::string& what, phase in) const;

    // For those who take part in it.
    asio::io_context io;
    kasio::testing::broker cluster;
    recorder log;
    /// Partitions, by topic.
    std::vector<std::pair<std::string, int>> topics;
    std::int64_t next_value = 0;

    [[nodiscard]] kasio::cluster_options reach(chance& luck) const;
    /// Wait, on the trial's io_context.
    asio::awaitable<void> pause(std::chrono::milliseconds time);
    /// Ends the faults, revives everybody.
    void heal();

protected:
    /// For coroutines on their own: what they throw ends the program.
    static void rethrow(std::exception_ptr thrown) {
        if (thrown) std::rethrow_exception(thrown);
    }
    /// The workload; ended when it returns.
    virtual asio::awaitable<void> run() = 0;
    [[nodiscard]] chance& luck() { return luck_; }
    bool healed = false;

    /// Faults until healed.
    asio::awaitable<void> torment(std::vector<kasio::testing::api> apis);
    /// Notes what the logs hold.
    void dump_logs();
    /// Waits until what was held back has come, and notes which connections are left.
    asio::awaitable<void> settle();

private:
    void conclude(bool idle);

    const std::uint64_t seed_;
    chance luck_;
    std::chrono::steady_clock::time_point end_;
    bool over_ = false;
    bool hangs_ = false;
    std::string broken_;
    std::vector<finding> findings_;
    std::string lines_;
};

/// What producers do against loss and copies.
enum class care : std::uint8_t {
    full,
    /// No idempotence: what is sent again may be there twice, or out of order.
    not_idempotent,
    /// The leader's word is enough (acks=1), and leaders are lost with the end of their logs.
    leader_only,
};
[[nodiscard]] std::shared_ptr<trial> make_producing(std::uint64_t seed, care taken);
[[nodiscard]] std::shared_ptr<trial> make_consuming(std::uint64_t seed);
/// How well the members of a group take care of what they commit.
enum class commit_care : std::uint8_t {
    full,
    /// Past what they were given: a record may be skipped.
    ahead,
    /// Now and then, and not when they give partitions up: records come twice.
    seldom,
};
[[nodiscard]] std::shared_ptr<trial> make_grouping(std::uint64_t seed, commit_care taken);

} // namespace chaos
