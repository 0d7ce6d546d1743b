// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "group/assign_view.hpp"

#include <cstdint>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// Who owned which partition before, going by what the members say.
class sticky_claims {
public:
    using index = assign_view::index;
    static constexpr index nobody = ~index{0};

    struct claim {
        partition_list partitions;
        /// -1: not known.
        std::int32_t generation = -1;
    };

    /// `claims` by member number. Of two claims for one partition the one of the higher generation holds; of
    /// two in the same generation neither does, since one of both is wrong.
    sticky_claims(const assign_view& view, const std::vector<claim>& claims);

    /// Rising; only what the member still wants.
    [[nodiscard]] const std::vector<index>& kept(index member) const noexcept { return kept_[member]; }
    /// True when it must not be given to `member` before another member has let go of it: someone else says
    /// that it has the partition, and this member has no better claim to it. Who says so may well be reading
    /// it, whether the claim holds or not.
    [[nodiscard]] bool in_other_hands(index member, index partition) const noexcept {
        const auto& of = partitions_[partition];
        if (of.owner == member) return of.tied;
        return of.owner != nobody;
    }

private:
    struct partition_claim {
        /// The best claim so far, whether or not that member still wants the topic.
        index owner = nobody;
        std::int32_t generation = -1;
        bool tied = false;
    };

    std::vector<partition_claim> partitions_;
    std::vector<std::vector<index>> kept_;
};

KASIO_END_NAMESPACE
