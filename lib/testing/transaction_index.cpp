// SPDX-License-Identifier: BSL-1.0
#include "testing/transaction_index.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE
namespace testing {

void transaction_index::on_batch(std::int64_t producer_id, std::int64_t base_offset) {
    open_.try_emplace(producer_id, base_offset);
}

void transaction_index::on_marker(std::int64_t producer_id, std::int64_t offset, bool commits) {
    const auto at = open_.find(producer_id);
    if (at == open_.end()) return;
    ended_.push_back({producer_id, at->second, offset, commits});
    open_.erase(at);
}

void transaction_index::truncate(std::int64_t offset) {
    std::erase_if(open_, [offset](const auto& each) { return each.second >= offset; });
    while (!ended_.empty() && ended_.back().marker_offset >= offset) {
        const ended& last = ended_.back();
        if (last.first_offset < offset) open_[last.producer_id] = last.first_offset;
        ended_.pop_back();
    }
}

std::int64_t transaction_index::last_stable_offset(std::int64_t log_end) const noexcept {
    for (const auto& [producer, first] : open_) log_end = std::min(log_end, first);
    return log_end;
}

std::vector<transaction_index::aborted_transaction> transaction_index::aborted(std::int64_t from,
                                                                               std::int64_t to) const {
    std::vector<aborted_transaction> found;
    for (const ended& each : ended_) {
        if (each.committed || each.marker_offset < from || each.first_offset >= to) continue;
        found.push_back({each.producer_id, each.first_offset, each.marker_offset});
    }
    return found;
}

} // namespace testing
KASIO_END_NAMESPACE
