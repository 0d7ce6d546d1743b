// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/config.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// A position that a group committed.
struct stored_offset {
    std::int64_t offset = -1;
    std::int32_t leader_epoch = -1;
    std::string metadata;
    friend bool operator==(const stored_offset&, const stored_offset&) = default;
};

/// The offsets that one group committed, and those that open transactions are about to (Kafka's
/// OffsetMetadataManager).
class offset_store {
public:
    using partition_key = std::pair<std::string, std::int32_t>;

    void commit(const std::string& topic, std::int32_t partition, stored_offset offset);
    /// To be seen when that producer's transaction commits.
    void commit_pending(std::int64_t producer_id, const std::string& topic, std::int32_t partition,
                        stored_offset offset);
    /// The producer's transaction ended.
    void end_transaction(std::int64_t producer_id, bool commits);

    /// Null when there is none.
    [[nodiscard]] const stored_offset* find(const std::string& topic, std::int32_t partition) const;
    /// Whether an open transaction may change it (KIP-447).
    [[nodiscard]] bool is_unstable(const std::string& topic, std::int32_t partition) const;
    /// In order.
    [[nodiscard]] const std::map<partition_key, stored_offset>& all() const noexcept { return offsets_; }
    [[nodiscard]] bool empty() const noexcept { return offsets_.empty() && pending_.empty(); }

    bool erase(const std::string& topic, std::int32_t partition);
    /// The topic was deleted.
    void erase_topic(std::string_view topic);
    void clear();

private:
    std::map<partition_key, stored_offset> offsets_;
    std::map<std::int64_t, std::map<partition_key, stored_offset>> pending_; // by producer
};

} // namespace testing
KASIO_END_NAMESPACE
