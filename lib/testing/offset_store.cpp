// SPDX-License-Identifier: BSL-1.0
#include "testing/offset_store.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE
namespace testing {

void offset_store::commit(const std::string& topic, std::int32_t partition, stored_offset offset) {
    offsets_[{topic, partition}] = std::move(offset);
}

void offset_store::commit_pending(std::int64_t producer_id, const std::string& topic, std::int32_t partition,
                                  stored_offset offset) {
    pending_[producer_id][{topic, partition}] = std::move(offset);
}

void offset_store::end_transaction(std::int64_t producer_id, bool commits) {
    auto ended = pending_.extract(producer_id);
    if (ended.empty() || !commits) return;
    for (auto& [key, offset] : ended.mapped()) offsets_[key] = std::move(offset);
}

const stored_offset* offset_store::find(const std::string& topic, std::int32_t partition) const {
    const auto at = offsets_.find({topic, partition});
    return at == offsets_.end() ? nullptr : &at->second;
}

bool offset_store::is_unstable(const std::string& topic, std::int32_t partition) const {
    return std::any_of(pending_.begin(), pending_.end(), [&](const auto& each) {
        return each.second.contains({topic, partition});
    });
}

bool offset_store::erase(const std::string& topic, std::int32_t partition) {
    for (auto& [producer, offsets] : pending_) offsets.erase({topic, partition});
    return offsets_.erase({topic, partition}) != 0;
}

void offset_store::erase_topic(std::string_view topic) {
    const auto is_of_topic = [topic](const auto& each) { return each.first.first == topic; };
    std::erase_if(offsets_, is_of_topic);
    for (auto& [producer, offsets] : pending_) std::erase_if(offsets, is_of_topic);
}

void offset_store::clear() {
    offsets_.clear();
    pending_.clear();
}

} // namespace testing
KASIO_END_NAMESPACE
