// SPDX-License-Identifier: BSL-1.0
#include "group/sticky_claims.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE

sticky_claims::sticky_claims(const assign_view& view, const std::vector<claim>& claims)
    : partitions_(view.partition_count()), kept_(view.member_count()) {
    for (index member = 0; member < view.member_count(); ++member)
        for (const auto& [topic, numbers] : claims[member].partitions) {
            const auto known = view.find_topic(topic);
            if (!known) continue;
            const auto& of = view.topics()[*known];
            for (const std::int32_t number : numbers) {
                if (number < 0 || static_cast<index>(number) >= of.size()) continue;
                auto& best = partitions_[of.first + static_cast<index>(number)];
                const std::int32_t generation = std::max(claims[member].generation, -1);
                if (best.owner == nobody || generation > best.generation) best = {member, generation, false};
                else if (best.owner != member && generation == best.generation) best.tied = true;
            }
        }
    for (index partition = 0; partition < partitions_.size(); ++partition) {
        const auto& best = partitions_[partition];
        if (best.owner != nobody && !best.tied && view.wants(best.owner, view.topic_of(partition)))
            kept_[best.owner].push_back(partition);
    }
}

KASIO_END_NAMESPACE
