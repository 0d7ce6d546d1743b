// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cli {

/// A group as its coordinator lists it. Empty: the broker is too old to tell.
struct listed_group {
    std::string id;
    std::string state;
    std::string type;
    std::string protocol;
    std::int32_t coordinator = -1;
    listed_group() {}
};

struct found_groups {
    /// Why some are missing, and of which broker.
    kasio::error_code error;
    std::string where;
    /// By name.
    std::vector<listed_group> groups;
    found_groups() {}
};

struct group_member {
    std::string id;
    std::optional<std::string> instance;
    std::string client;
    std::string host;
    std::vector<kasio::topic_partition> partitions;
    group_member() {}
};

/// Where a group stands in a partition. Not set: nothing committed; not known.
struct group_progress {
    kasio::topic_partition partition;
    std::optional<std::int64_t> committed;
    std::optional<std::int64_t> end;
    kasio::error_code error;
    /// Who has it; none.
    const group_member* member = nullptr;
    group_progress() {}
    /// How many offsets lie between.
    [[nodiscard]] std::optional<std::int64_t> lag() const {
        return committed && end ? std::optional{*end - *committed} : std::nullopt;
    }
};

struct group_info {
    kasio::error_code error;
    std::string id;
    std::string state;
    std::string type;
    /// By which partitions are shared out; empty: none agreed on.
    std::string assignor;
    std::int32_t coordinator = -1;
    std::vector<group_member> members;
    std::vector<group_progress> progress;
    explicit group_info(std::string name) : id{std::move(name)} {}
};

/// Asks the cluster for groups. Each question has at most `limit`, and ends early by `cancel` with
/// `operation_aborted`.
class group_scout {
public:
    group_scout(kasio::cluster& kafka, std::chrono::milliseconds limit,
                boost::asio::cancellation_signal& cancel)
        : kafka_{kafka}, limit_{limit}, cancel_{cancel} {}

    /// What all brokers coordinate.
    boost::asio::awaitable<found_groups> list();
    /// Everything about one group. What `read` says about reading counts for its ends, as for whoever reads.
    boost::asio::awaitable<void> describe(group_info& group, const kasio::consumer_options& read);

private:
    boost::asio::awaitable<void> list_of(std::int32_t node, found_groups& found);
    /// By KIP-848; false when it is no such group.
    boost::asio::awaitable<bool> describe_new(group_info& group);
    boost::asio::awaitable<void> describe_classic(group_info& group);
    boost::asio::awaitable<void> find_committed(group_info& group);
    boost::asio::awaitable<void> find_ends(group_info& group, const kasio::consumer_options& read);

    kasio::cluster& kafka_;
    std::chrono::milliseconds limit_;
    boost::asio::cancellation_signal& cancel_;
};

} // namespace cli
