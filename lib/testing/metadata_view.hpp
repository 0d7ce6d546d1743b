// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/broker_error.hpp>
#include <kasio/config.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// What Metadata answers show instead of the truth, each for a number of answers.
///
/// An entry is used up by an answer that would have shown what it hides: `draw_...` counts it down.
class metadata_view {
public:
    struct shown_leader {
        int node = -1;
        std::int32_t epoch = -1;
    };

    void hide_brokers(int answers) { brokers_hidden_ = answers; }
    void hide_topic(std::string_view topic, int answers) { topics_[std::string{topic}] = answers; }
    void hide_partitions(std::string_view topic, int answers) { partitions_[std::string{topic}] = answers; }
    void show_leader(std::string_view topic, std::int32_t partition, shown_leader leader, int answers) {
        leaders_[{std::string{topic}, partition}] = {leader, answers};
    }
    void show_error(std::string_view topic, std::int32_t partition, broker_errc error, int answers) {
        errors_[{std::string{topic}, partition}] = {error, answers};
    }
    void clear() { *this = {}; }

    [[nodiscard]] bool draw_no_brokers() { return brokers_hidden_ > 0 && brokers_hidden_-- > 0; }
    [[nodiscard]] bool draw_no_topic(const std::string& topic) { return draw(topics_, topic); }
    [[nodiscard]] bool draw_no_partitions(const std::string& topic) { return draw(partitions_, topic); }
    [[nodiscard]] std::optional<shown_leader> draw_leader(const std::string& topic, std::int32_t partition) {
        return draw(leaders_, topic, partition);
    }
    [[nodiscard]] std::optional<broker_errc> draw_error(const std::string& topic, std::int32_t partition) {
        return draw(errors_, topic, partition);
    }

private:
    template <class What>
    using partition_map = std::map<std::pair<std::string, std::int32_t>, std::pair<What, int>>;

    [[nodiscard]] static bool draw(std::map<std::string, int>& counts, const std::string& topic) {
        const auto at = counts.find(topic);
        if (at == counts.end()) return false;
        if (at->second-- > 0) return true;
        counts.erase(at);
        return false;
    }
    template <class What>
    [[nodiscard]] static std::optional<What> draw(partition_map<What>& map, const std::string& topic,
                                                  std::int32_t partition) {
        const auto at = map.find({topic, partition});
        if (at == map.end()) return std::nullopt;
        if (at->second.second-- > 0) return at->second.first;
        map.erase(at);
        return std::nullopt;
    }

    int brokers_hidden_ = 0;
    std::map<std::string, int> topics_;
    std::map<std::string, int> partitions_;
    partition_map<shown_leader> leaders_;
    partition_map<broker_errc> errors_;
};

} // namespace testing
KASIO_END_NAMESPACE
