// SPDX-License-Identifier: BSL-1.0
// The part of the public face that looks into logs and changes them.
#include "testing/batch_check.hpp"
#include "testing/engine.hpp"
#include "testing/stored_records.hpp"

#include <stdexcept>

KASIO_BEGIN_NAMESPACE
namespace testing {

std::vector<stored_record> broker::records(std::string_view topic, int partition) const {
    return impl_->call([&] { return stored_records(impl_->partition(topic, partition).log); });
}

std::int64_t broker::start_offset(std::string_view topic, int partition) const {
    return impl_->call([&] { return impl_->partition(topic, partition).log.start_offset(); });
}

std::int64_t broker::end_offset(std::string_view topic, int partition) const {
    return impl_->call([&] { return impl_->partition(topic, partition).log.end_offset(); });
}

std::int64_t broker::append(std::string_view topic, int partition, std::span<const producer_record> records) {
    if (records.empty()) return end_offset(topic, partition);
    return append_batch(topic, partition, encoded_batch(records));
}

std::int64_t broker::append(std::string_view topic, int partition, const producer_record& record) {
    return append(topic, partition, std::span{&record, 1});
}

std::int64_t broker::append_batch(std::string_view topic, int partition, bytes_view batch) {
    return impl_->call([&] {
        partition_state& state = impl_->partition(topic, partition);
        const checked_batch checked = check_produced_batch(batch, batch.size());
        if (checked.error != broker_errc::none) {
            throw std::invalid_argument{"kasio::testing::broker: not one record batch: " +
                                        make_error_code(checked.error).message()};
        }
        impl_->state().mark_changed();
        return testing::append_batch(state, checked, -1);
    });
}

std::int64_t broker::append_raw(std::string_view topic, int partition, bytes_view bytes, int offsets) {
    if (offsets < 1)
        throw std::invalid_argument{"kasio::testing::broker: raw bytes stand for one offset at least"};
    return impl_->call([&] {
        partition_state& state = impl_->partition(topic, partition);
        const std::int64_t base = state.log.end_offset();
        state.log.append(bytes.bytes(), {base, base + offsets - 1, -1, state.leader_epoch});
        impl_->state().mark_changed();
        return base;
    });
}

void broker::corrupt(std::string_view topic, int partition, std::int64_t offset) {
    impl_->call([&] {
        const auto bytes = impl_->partition(topic, partition).log.batch_bytes(offset);
        if (bytes.empty()) {
            throw std::invalid_argument{"kasio::testing::broker: no batch holds offset " +
                                        std::to_string(offset)};
        }
        bytes.back() ^= std::byte{1};
    });
}

void broker::truncate(std::string_view topic, int partition, std::int64_t offset) {
    impl_->call([&] { impl_->state().truncate(impl_->partition(topic, partition), offset); });
}

void broker::delete_records(std::string_view topic, int partition, std::int64_t before_offset) {
    impl_->call([&] {
        impl_->partition(topic, partition).log.delete_before(before_offset);
        impl_->state().mark_changed();
    });
}

} // namespace testing
KASIO_END_NAMESPACE
