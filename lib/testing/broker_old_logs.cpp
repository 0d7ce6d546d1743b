// SPDX-License-Identifier: BSL-1.0
// The part of the public face that makes logs with a past: transactions, old formats, compaction.
#include "testing/batch_check.hpp"
#include "testing/compaction.hpp"
#include "testing/engine.hpp"
#include "testing/legacy_records.hpp"
#include "testing/stored_records.hpp"

#include <algorithm>
#include <stdexcept>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

std::int64_t now() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

} // namespace

std::int64_t broker::append_transaction(std::string_view topic, int partition,
                                        std::span<const producer_record> records, transaction_outcome outcome,
                                        std::int64_t producer_id) {
    return impl_->call([&] {
        partition_state& state = impl_->partition(topic, partition);
        const std::int64_t id = producer_id < 0 ? impl_->state().new_producer_id() : producer_id;
        if (!records.empty()) {
            const std::string batch = encoded_transactional_batch(records, id);
            testing::append_batch(state, check_produced_batch(batch, batch.size()), -1);
        }
        if (outcome != transaction_outcome::open)
            testing::append_marker(state, id, 0, outcome == transaction_outcome::committed, now());
        impl_->state().mark_changed();
        return id;
    });
}

std::int64_t broker::append_marker(std::string_view topic, int partition, std::int64_t producer_id,
                                   transaction_outcome outcome) {
    if (outcome == transaction_outcome::open)
        throw std::invalid_argument{"kasio::testing::broker: a marker commits or aborts"};
    return impl_->call([&] {
        partition_state& state = impl_->partition(topic, partition);
        impl_->state().mark_changed();
        return testing::append_marker(state, producer_id, 0, outcome == transaction_outcome::committed,
                                      now());
    });
}

std::int64_t broker::last_stable_offset(std::string_view topic, int partition) const {
    return impl_->call([&] {
        const partition_state& state = impl_->partition(topic, partition);
        return state.transactions.last_stable_offset(state.log.end_offset());
    });
}

std::int64_t broker::append_legacy(std::string_view topic, int partition,
                                   std::span<const producer_record> records, int magic, compression codec) {
    return impl_->call([&] {
        partition_state& state = impl_->partition(topic, partition);
        const std::int64_t base = state.log.end_offset();
        for (const auto& piece : legacy_records(records, base, {magic, codec})) {
            const bytes_view bytes{piece.bytes};
            state.log.append(bytes.bytes(), {piece.first_offset, piece.last_offset, -1, state.leader_epoch});
        }
        impl_->state().mark_changed();
        return base;
    });
}

void broker::compact(std::string_view topic, int partition, std::vector<std::int64_t> gone) {
    std::sort(gone.begin(), gone.end());
    impl_->call([&] {
        partition_log& log = impl_->partition(topic, partition).log;
        // What was written last is never compacted in Kafka either.
        std::erase(gone, log.end_offset() - 1);
        log.rewrite([&](std::span<const std::byte> batch) { return without_records(batch, gone); });
        impl_->state().mark_changed();
    });
}

} // namespace testing
KASIO_END_NAMESPACE
