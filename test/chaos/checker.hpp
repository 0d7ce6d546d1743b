// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "chaos/history.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace chaos {

/// One thing that must not be in a history.
struct finding {
    /// Its name, such as `lost-write` or `K2`.
    std::string anomaly;
    std::string text;
    /// Where, if it is in a log.
    std::string key{};
    std::int64_t offset = -1;
};

/// What became of one write.
struct write_of {
    const event* begin = nullptr;
    /// Nothing: it never ended.
    const event* end = nullptr;
    /// In order of initiation over the whole history.
    std::size_t place = 0;
    bool aborted = false;
    /// Where the value was seen, by whomever.
    std::set<std::pair<std::string, std::int64_t>> seen_at;
    bool polled = false;

    /// It must not be seen.
    [[nodiscard]] bool is_void() const { return aborted || (end != nullptr && end->phase == phase::fail); }
};

/// Finds what Kafka's guarantees and kasio's own exclude. The names are those of Jepsen's Kafka tests; K1 to
/// K7 are kasio's.
class checker {
public:
    explicit checker(const history& events);

    /// Everything that is wrong, in the order of the checks.
    [[nodiscard]] std::vector<finding> run();

private:
    /// Where one reader stands in one log.
    struct place {
        /// The least offset that the next record may have; -1: not known. More than one after a poll that may
        /// have been given its records before or after a change.
        std::vector<std::int64_t> next{-1};
        bool assigned = false;
        bool paused = false;
        /// What came next before something changed while a poll was under way: that poll may still give it.
        std::vector<std::int64_t> before;
        /// A poll that was under way when the partition was given up or paused may still have its records.
        bool left_during_poll = false;
    };
    using key_values = std::map<std::int64_t, std::int64_t>;

    void report(std::string anomaly, std::string text, std::string key = {}, std::int64_t offset = -1);

    // checker.cpp
    void index();
    void note_sighting(const std::string& key, std::int64_t offset, std::int64_t value);
    void pair_operations();
    void check_resources();

    // check_writes.cpp
    void check_sightings();
    void check_fates();
    void check_losses();
    void check_order();
    void check_transactions();

    // check_reads.cpp
    void walk_readers();
    void on_poll(const event& what);
    void walk_key(const event& poll, const std::string& key, const std::vector<std::int64_t>& offsets);
    void check_inside_poll(const event& poll, const std::string& key,
                           const std::vector<std::int64_t>& offsets);
    [[nodiscard]] std::string misfit(const std::string& key, const std::vector<std::int64_t>& next,
                                     std::int64_t first) const;
    [[nodiscard]] bool visible_between(const std::string& key, std::int64_t from, std::int64_t to) const;

    // check_groups.cpp
    void check_commits();
    void check_committed(std::int64_t group, const sighting& item, const std::set<std::int64_t>& handed_out);
    void check_owners();
    void check_copies();
    void check_hand_overs(const std::set<std::int64_t>& clean);

    const history& events_;
    std::vector<finding> findings_;
    std::unordered_map<std::int64_t, write_of> writes_;
    /// The version order of each key, by all who saw it.
    std::map<std::string, key_values> versions_;
    /// What the logs held in the end, where the history tells.
    std::map<std::string, key_values> logs_;
    std::map<std::pair<std::string, std::string>, place> places_;
    bool final_ = false;
};

/// The lines around a finding: of its key within three offsets, or of its text alone.
[[nodiscard]] std::string window(const history& events, const finding& what);

} // namespace chaos
