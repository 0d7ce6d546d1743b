// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/broker_error.hpp>
#include <kasio/config.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace testing {

struct node_state;

/// Which node is in charge of which group or transactional id. Keys are dealt out by their hashes and stay
/// where they are, like leaders of partitions, until the node is gone or the key is moved.
class group_coordinators {
public:
    /// FindCoordinator's types of keys.
    static constexpr std::int8_t group_type = 0;

    /// The node's id; -1 when no node is listed.
    [[nodiscard]] int node_of(const std::vector<node_state>& nodes, const std::string& key,
                              std::int8_t type = group_type);
    void move(const std::string& key, int node) { current_[{group_type, key}] = node; }

    /// The coordinator answers that it is still reading the group's state.
    void set_loading(const std::string& group, bool loading);
    [[nodiscard]] bool is_loading(const std::string& group) const { return loading_.contains(group); }
    /// FindCoordinator finds none for the group.
    void set_available(const std::string& group, bool available);
    [[nodiscard]] bool is_available(const std::string& group) const { return !unavailable_.contains(group); }

    /// What a node answers to a request about that group: 14, 15, 16, or nothing is wrong.
    [[nodiscard]] broker_errc check(const std::vector<node_state>& nodes, const std::string& group, int node);

private:
    std::map<std::pair<std::int8_t, std::string>, int> current_;
    std::set<std::string> loading_;
    std::set<std::string> unavailable_;
};

} // namespace testing
KASIO_END_NAMESPACE
