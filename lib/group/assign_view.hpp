// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/assignor.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// An assignor's input by numbers instead of names: members, topics and partitions are counted from 0, topics
/// in the order of their names, partitions topic by topic. What nobody can be given (a topic that does not
/// exist, one that no member wants) is left out, and what a member names twice counts once.
class assign_view {
public:
    using index = std::uint32_t;
    enum class member_order : std::uint8_t {
        /// Those with an instance id first, by it; the others by member id.
        instance_id,
        member_id,
    };

    struct topic {
        const topic_layout* layout;
        /// Of its partition 0.
        index first;
        /// In the order of the members.
        std::vector<index> subscribers;

        [[nodiscard]] index size() const noexcept { return static_cast<index>(layout->racks.size()); }
    };

    assign_view(const std::vector<member_subscription>& members, const std::vector<topic_layout>& topics,
                member_order order);

    [[nodiscard]] index member_count() const noexcept { return static_cast<index>(members_.size()); }
    [[nodiscard]] const member_subscription& member(index number) const noexcept { return *members_[number]; }
    /// Topics by number, rising.
    [[nodiscard]] const std::vector<index>& wanted(index member) const noexcept { return wanted_[member]; }
    [[nodiscard]] bool wants(index member, index topic) const noexcept;
    [[nodiscard]] const std::vector<topic>& topics() const noexcept { return topics_; }
    [[nodiscard]] index partition_count() const noexcept { return static_cast<index>(topic_of_.size()); }
    [[nodiscard]] index topic_of(index partition) const noexcept { return topic_of_[partition]; }
    /// Nothing for a partition that is not to be given to anyone.
    [[nodiscard]] std::optional<index> find(std::string_view topic, std::int32_t partition) const noexcept;
    [[nodiscard]] std::optional<index> find_topic(std::string_view topic) const noexcept;
    /// True when the partition has a replica in the member's rack, or the member has no rack.
    [[nodiscard]] bool in_rack(index member, index partition) const noexcept;
    [[nodiscard]] bool has_rack(index member) const noexcept;
    /// True when racks of members and replicas meet, and not every partition is everywhere.
    [[nodiscard]] bool racks_matter(const topic& of) const;
    /// The same for all topics at once.
    [[nodiscard]] bool racks_matter() const;

    /// By names again, in the order of the members that came in; `held` is by member number.
    [[nodiscard]] std::vector<member_assignment> name(std::vector<std::vector<index>> held) const;

private:
    void number_topics();
    [[nodiscard]] bool racks_matter(const topic* first, const topic* end) const;

    std::vector<const member_subscription*> members_;
    /// Where each stood in the input.
    std::vector<std::size_t> place_;
    std::vector<topic> topics_;
    /// By name: members name topics far more often than there are any.
    std::unordered_map<std::string_view, index> numbers_;
    std::vector<std::vector<index>> wanted_;
    std::vector<index> topic_of_;
};

KASIO_END_NAMESPACE
