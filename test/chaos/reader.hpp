// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "chaos/trial.hpp"

#include <kasio/consumer.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace chaos {

/// One consumer after the other, each doing what chance says, all noted in the history of the trial.
class reader : public std::enable_shared_from_this<reader> {
public:
    reader(std::shared_ptr<trial> world, std::string name, std::uint64_t seed);

    /// Steps of polls, cancellations, seeks, pauses, assignments, ends and new beginnings.
    asio::awaitable<void> work(int steps);
    /// After the faults: reads all partitions to their ends, from where it stands or, if `afresh`, from the
    /// beginning.
    asio::awaitable<void> finish(bool afresh);

private:
    void open();
    void step();
    void assign();
    void assign_all(bool afresh);
    void seek();
    void pause_or_resume();
    void poll();
    void polled(std::int64_t operation, const std::string& process, kasio::error_code error,
                kasio::fetched_records records);
    void note_events(const std::string& process, const kasio::fetched_records& records);
    void hold(kasio::fetched_records records);
    void note(std::string what, const kasio::topic_partition& where, std::int64_t offset = -1);
    [[nodiscard]] kasio::topic_partition some_partition();
    /// Everything that can be read has been.
    [[nodiscard]] bool has_all() const;

    const std::shared_ptr<trial> world_;
    chance luck_;
    const std::string base_name_;
    int generation_ = 0;
    std::string name_;
    kasio::consumer_options options_;
    std::optional<kasio::cluster> kafka_;
    std::optional<kasio::consumer> in_;
    std::set<kasio::topic_partition> assigned_;
    std::set<kasio::topic_partition> paused_;
    /// By key, where the next record is expected; for the end of the trial.
    std::map<std::string, std::int64_t> reached_;
    /// By key, the offset after the last record.
    std::map<std::string, std::int64_t> ends_;
    std::shared_ptr<asio::cancellation_signal> cancellation_;
    bool polling_ = false;
    /// What the application has not let go yet, and how many bytes of it are keys and values.
    std::deque<std::pair<kasio::fetched_records, std::int64_t>> held_;
    std::int64_t held_bytes_ = 0;
};

} // namespace chaos
