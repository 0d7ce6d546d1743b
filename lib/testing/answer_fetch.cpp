// SPDX-License-Identifier: BSL-1.0
#include "testing/answers.hpp"

#include "testing/batch_check.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

/// Codes that a Fetch answer carries for the whole request.
bool is_top_level(broker_errc error) {
    return error == broker_errc::fetch_session_id_not_found ||
           error == broker_errc::invalid_fetch_session_epoch ||
           error == broker_errc::fetch_session_topic_id_error;
}

/// Fills an answer up to the limits of its request.
class fetch_filler {
public:
    fetch_filler(call& call, const protocol::fetch_request& request, fetch_answer& out)
        : call_{call}, out_{out}, room_{static_cast<std::size_t>(std::max(request.max_bytes, 0))} {}

    template <class Wanted, class Given>
    void fill(topic_state* topic, const Wanted& wanted, Given& given) {
        given.partition_index = wanted.partition;
        given.records = bytes_view{""};
        const broker_errc unknown =
            call_.version >= 13 ? broker_errc::unknown_topic_id : broker_errc::unknown_topic_or_partition;
        partition_lookup found =
            find_led_partition(call_, topic, unknown, wanted.partition, wanted.current_leader_epoch);
        if (call_.is_injected()) found.error = call_.injected;
        if (found.error == broker_errc::none) found.error = read(*found.partition, wanted, given);
        if (found.error == broker_errc::none) return;
        fail(found, given);
    }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] bool failed() const noexcept { return failed_; }

private:
    template <class Wanted, class Given>
    broker_errc read(partition_state& partition, const Wanted& wanted, Given& given) {
        const partition_log& log = partition.log;
        const std::int64_t offset = wanted.fetch_offset;
        given.high_watermark = log.end_offset();
        given.last_stable_offset = log.end_offset();
        if (call_.version >= 5) given.log_start_offset = log.start_offset();
        if (offset < log.start_offset() || offset > log.end_offset()) return broker_errc::offset_out_of_range;
        const auto wish = static_cast<std::size_t>(std::max(wanted.partition_max_bytes, 0));
        const auto slice = log.read(offset, std::min(wish, room_), bytes_ == 0);
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

    template <class Given>
    void fail(const partition_lookup& found, Given& given) {
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
    fetch_answer& out_;
    std::size_t room_;
    std::size_t bytes_ = 0;
    bool failed_ = false;
};

} // namespace

fetch_answer answer(call& call, const protocol::fetch_request& request) {
    fetch_answer out;
    // Sessions are never granted: every request is a full one.
    if (request.session_id != 0) {
        out.response.error_code = number(broker_errc::fetch_session_id_not_found);
        out.is_ready = true;
        return out;
    }
    if (call.version >= 7 && is_top_level(call.injected)) {
        out.response.error_code = number(call.injected);
        out.is_ready = true;
        return out;
    }
    fetch_filler filler{call, request, out};
    for (const auto& wanted : request.topics) {
        auto& given = out.response.responses.emplace_back();
        if (call.version >= 13) given.topic_id = wanted.topic_id;
        else given.topic = wanted.topic;
        topic_state* const topic =
            call.version >= 13 ? call.state.topic(wanted.topic_id) : call.state.topic(wanted.topic);
        for (const auto& partition : wanted.partitions) {
            filler.fill(topic, partition, given.partitions.emplace_back());
        }
    }
    const auto wish = static_cast<std::size_t>(std::max(request.min_bytes, 0));
    out.is_ready = request.topics.empty() || filler.failed() || filler.bytes() >= wish;
    return out;
}

} // namespace testing
KASIO_END_NAMESPACE
