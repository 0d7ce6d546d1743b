// SPDX-License-Identifier: BSL-1.0
#include "testing/answers.hpp"

#include "testing/batch_check.hpp"

#include <algorithm>
#include <utility>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

/// Codes that a Fetch answer carries for the whole request.
bool is_top_level(broker_errc error) {
    return error == broker_errc::fetch_session_id_not_found ||
           error == broker_errc::invalid_fetch_session_epoch ||
           error == broker_errc::fetch_session_topic_id_error;
}

// Fetch versions.
constexpr std::int16_t first_from_replicas = 11;
constexpr std::int16_t first_with_epochs = 12;
constexpr std::int16_t first_by_id = 13;

// FetchRequest's isolation levels.
constexpr std::int8_t read_committed = 1;

using answered_partition = protocol::fetch_response::partition_data;

/// Fills an answer up to the limits of its request.
class fetch_filler {
public:
    fetch_filler(call& call, const protocol::fetch_request& request, fetch_answer& out)
        : call_{call},
          request_{request},
          out_{out},
          room_{static_cast<std::size_t>(std::max(request.max_bytes, 0))} {}

    /// True when the answer holds something that a session's client has not been told.
    bool fill(session_partition& asked, answered_partition& given) {
        const auto& wanted = asked.wanted;
        const bool by_id = call_.version >= first_by_id;
        topic_state* const topic = by_id ? call_.state.topic(asked.topic_id) : call_.state.topic(asked.topic);
        given.partition_index = wanted.partition;
        given.records = bytes_view{""};
        partition_lookup found = find_led_partition(
            call_, topic, by_id ? broker_errc::unknown_topic_id : broker_errc::unknown_topic_or_partition,
            wanted.partition, wanted.current_leader_epoch);
        if (found.error == broker_errc::not_leader_or_follower && is_replica(*found.partition))
            found.error = broker_errc::none;
        if (call_.is_injected()) found.error = call_.injected;
        if (found.error == broker_errc::none) found.error = read(*found.partition, wanted, given);
        if (found.error != broker_errc::none) fail(found, given);
        const bool news = found.error != broker_errc::none || given.records.size() != 0 || pressing_ ||
                          given.high_watermark != asked.high_watermark ||
                          given.log_start_offset != asked.log_start_offset;
        asked.high_watermark = given.high_watermark;
        asked.log_start_offset = given.log_start_offset;
        pressing_told_ = std::exchange(pressing_, false) || pressing_told_;
        return news;
    }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    /// Something to tell that does not wait for records.
    [[nodiscard]] bool presses() const noexcept { return failed_ || pressing_told_; }

private:
    /// Consumers may read from the follower that the leader names (KIP-392).
    [[nodiscard]] bool is_replica(const partition_state& partition) const {
        return call_.version >= first_from_replicas && partition.preferred == call_.node;
    }

    broker_errc read(partition_state& partition, const protocol::fetch_request::fetch_partition& wanted,
                     answered_partition& given) {
        const partition_log& log = partition.log;
        const std::int64_t offset = wanted.fetch_offset;
        const bool committed = request_.isolation_level == read_committed;
        const std::int64_t stable = partition.transactions.last_stable_offset(log.end_offset());
        given.high_watermark = log.end_offset();
        given.last_stable_offset = stable;
        if (call_.version >= 5) given.log_start_offset = log.start_offset();
        if (diverges(log, wanted, given)) {
            pressing_ = true;
            return broker_errc::none;
        }
        if (offset < log.start_offset() || offset > log.end_offset()) return broker_errc::offset_out_of_range;
        if (names_other_replica(partition)) {
            given.preferred_read_replica = partition.preferred;
            pressing_ = true;
            return broker_errc::none;
        }
        const auto wish = static_cast<std::size_t>(std::max(wanted.partition_max_bytes, 0));
        const std::int64_t limit = committed ? stable : log.end_offset();
        const auto slice = log.read(offset, std::min(wish, room_), bytes_ == 0, limit);
        if (!committed) given.aborted_transactions.reset();
        else if (slice.keeper != nullptr) name_aborted(partition, offset, slice.next_offset, given);
        // zstd came with Fetch 10 (KIP-110).
        if (call_.version < 10 && holds_codec(slice.bytes, compression::zstd)) {
            return broker_errc::unsupported_compression_type;
        }
        if (slice.keeper == nullptr) return broker_errc::none;
        bytes_ += slice.bytes.size();
        room_ -= std::min(room_, slice.bytes.size());
        given.records = slice.bytes;
        out_.keepers.push_back(slice.keeper);
        return broker_errc::none;
    }

    /// Those that touch what is answered (Kafka's UnifiedLog.addAbortedTransactions).
    static void name_aborted(const partition_state& partition, std::int64_t from, std::int64_t to,
                             answered_partition& given) {
        for (const auto& each : partition.transactions.aborted(from, to)) {
            auto& named = given.aborted_transactions->emplace_back();
            named.producer_id = each.producer_id;
            named.first_offset = each.first_offset;
        }
    }

    /// The log has been cut below what the client read (Kafka's Partition.readRecords).
    [[nodiscard]] bool diverges(const partition_log& log,
                                const protocol::fetch_request::fetch_partition& wanted,
                                answered_partition& given) const {
        if (call_.version < first_with_epochs || wanted.last_fetched_epoch < 0) return false;
        const auto end = log.end_of_epoch(wanted.last_fetched_epoch);
        if (end.epoch == wanted.last_fetched_epoch && end.offset >= wanted.fetch_offset) return false;
        // Retention may have taken the epoch away: then the offset alone decides.
        if (end.epoch < 0) return false;
        given.diverging_epoch.epoch = end.epoch;
        given.diverging_epoch.end_offset = end.offset;
        return true;
    }

    [[nodiscard]] bool names_other_replica(const partition_state& partition) const {
        if (partition.preferred < 0 || call_.node != partition.leader || request_.rack_id.empty())
            return false;
        const node_state* const node = call_.state.node(partition.preferred);
        return call_.version >= first_from_replicas && partition.preferred != partition.leader &&
               node != nullptr && node->listed;
    }

    void fail(const partition_lookup& found, answered_partition& given) {
        failed_ = true;
        given.error_code = number(found.error);
        if (found.error != broker_errc::offset_out_of_range) {
            given.high_watermark = -1;
            given.last_stable_offset = -1;
            if (call_.version >= 5) given.log_start_offset = -1;
        }
        if (!wants_leader_hint(found.error) || found.partition == nullptr || call_.version < 12) return;
        given.current_leader.leader_id = found.partition->leader;
        given.current_leader.leader_epoch = found.partition->leader_epoch;
        if (call_.version >= 16) {
            add_endpoint(out_.response.node_endpoints, call_.state, found.partition->leader);
        }
    }

    call& call_;
    const protocol::fetch_request& request_;
    fetch_answer& out_;
    std::size_t room_;
    std::size_t bytes_ = 0;
    bool failed_ = false;
    /// The partition at hand has something to tell at once, and one before had.
    bool pressing_ = false;
    bool pressing_told_ = false;
};

/// Those that gave records go to the end, so that none starves the others (Kafka does so in sessions).
void rotate(std::vector<session_partition>& partitions, const std::vector<bool>& served) {
    std::vector<session_partition> order;
    order.reserve(partitions.size());
    for (const bool which : {false, true}) {
        for (std::size_t i = 0; i < partitions.size(); ++i) {
            if (served[i] == which) order.push_back(std::move(partitions[i]));
        }
    }
    partitions = std::move(order);
}

/// Finds or makes the place of a partition's answer.
answered_partition& place_for(fetch_answer& out, const session_partition& asked, bool by_id) {
    auto& topics = out.response.responses;
    if (topics.empty() ||
        (by_id ? topics.back().topic_id != asked.topic_id : topics.back().topic != asked.topic)) {
        auto& topic = topics.emplace_back();
        if (by_id) topic.topic_id = asked.topic_id;
        else topic.topic = asked.topic;
    }
    return topics.back().partitions.emplace_back();
}

} // namespace

fetch_answer answer(call& call, const protocol::fetch_request& request) {
    fetch_answer out;
    out.context = call.state.sessions.open(call.node, request, call.version);
    if (call.version >= 7 && is_top_level(call.injected)) out.context.error = call.injected;
    if (out.context.error != broker_errc::none) {
        out.response.error_code = number(out.context.error);
        out.is_ready = true;
        return out;
    }
    auto& partitions = out.context.partitions;
    const bool by_id = call.version >= first_by_id;
    fetch_filler filler{call, request, out};
    std::vector<bool> served(partitions.size());
    for (std::size_t i = 0; i < partitions.size(); ++i) {
        answered_partition given;
        const bool news = filler.fill(partitions[i], given);
        served[i] = given.records.size() != 0;
        if (news || !out.context.incremental) place_for(out, partitions[i], by_id) = std::move(given);
    }
    const auto wish = static_cast<std::size_t>(std::max(request.min_bytes, 0));
    out.is_ready = partitions.empty() || filler.presses() || filler.bytes() >= wish;
    if (out.context.session != 0) rotate(partitions, served);
    return out;
}

} // namespace testing
KASIO_END_NAMESPACE
