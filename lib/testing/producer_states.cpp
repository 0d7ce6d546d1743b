// SPDX-License-Identifier: BSL-1.0
#include "testing/producer_states.hpp"

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

/// `sequence` moved on by `by`; sequences wrap from the largest 32-bit number to 0.
std::int32_t advanced(std::int32_t sequence, std::int32_t by) {
    return static_cast<std::int32_t>((static_cast<std::int64_t>(sequence) + by) & 0x7fffffff);
}

} // namespace

producer_states::verdict producer_states::check(const batch_sequence& batch) const {
    if (batch.producer_id < 0) return {};
    const auto at = producers_.find(batch.producer_id);
    if (at == producers_.end() || at->second.batches.empty()) return {};
    const producer& known = at->second;
    if (batch.epoch < known.epoch) return {broker_errc::invalid_producer_epoch};
    if (batch.epoch > known.epoch) {
        return {batch.first == 0 ? broker_errc::none : broker_errc::out_of_order_sequence_number};
    }
    const std::int32_t last = advanced(batch.first, batch.count - 1);
    for (const appended& one : known.batches)
        if (one.first == batch.first && one.last == last) return {broker_errc::none, one.base_offset};
    if (batch.first == advanced(known.batches.back().last, 1)) return {};
    // Older than what is remembered: the batch was appended, but where is forgotten.
    const bool older = known.batches.size() == remembered && last < known.batches.front().first;
    return {older ? broker_errc::duplicate_sequence_number : broker_errc::out_of_order_sequence_number};
}

void producer_states::note(const batch_sequence& batch, std::int64_t base_offset) {
    if (batch.producer_id < 0) return;
    producer& known = producers_[batch.producer_id];
    if (batch.epoch != known.epoch) known.batches.clear();
    known.epoch = batch.epoch;
    known.batches.push_back({batch.first, advanced(batch.first, batch.count - 1), base_offset});
    if (known.batches.size() > remembered) known.batches.pop_front();
}

void producer_states::truncate(std::int64_t offset) {
    for (auto& [id, known] : producers_)
        while (!known.batches.empty() && known.batches.back().base_offset >= offset) known.batches.pop_back();
}

} // namespace testing
KASIO_END_NAMESPACE
