// SPDX-License-Identifier: BSL-1.0
#include "consumer/aborted_filter.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE

aborted_filter::aborted_filter(std::vector<transaction> aborted) : aborted_{std::move(aborted)} {
    std::sort(aborted_.begin(), aborted_.end(),
              [](const transaction& a, const transaction& b) { return a.first_offset < b.first_offset; });
}

void aborted_filter::begin_up_to(std::int64_t offset) {
    for (; next_ < aborted_.size() && aborted_[next_].first_offset <= offset; ++next_) {
        const auto producer = aborted_[next_].producer_id;
        if (std::find(open_.begin(), open_.end(), producer) == open_.end()) open_.push_back(producer);
    }
}

bool aborted_filter::hides(const batch_view& batch) {
    if (aborted_.empty()) return false;
    begin_up_to(batch.last_offset());
    // A batch that the same producer wrote outside of transactions is handed out.
    return batch.transactional() && std::find(open_.begin(), open_.end(), batch.producer_id) != open_.end();
}

void aborted_filter::on_marker(std::int64_t producer_id, std::int64_t offset, control_marker::kind what) {
    if (aborted_.empty()) return;
    begin_up_to(offset);
    if (what == control_marker::kind::abort) std::erase(open_, producer_id);
}

KASIO_END_NAMESPACE
