// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/broker_error.hpp>
#include <kasio/config.hpp>
#include <kasio/messages/fetch.hpp>
#include <kasio/uuid.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// A partition as a fetch session remembers it.
struct session_partition {
    uuid topic_id;
    std::string topic;
    protocol::fetch_request::fetch_partition wanted;
    /// What the client was told last.
    std::int64_t high_watermark = -1;
    std::int64_t log_start_offset = -1;
};

/// What one request reads: all it names, or what its session adds up to.
struct fetch_context {
    broker_errc error = broker_errc::none;
    /// 0: none.
    std::int32_t ended = 0;
    /// The session to go on with; 0: none, or a new one when `begins`.
    std::int32_t session = 0;
    bool begins = false;
    bool by_id = false;
    /// The answer tells only what is new.
    bool incremental = false;
    std::vector<session_partition> partitions;
};

/// The fetch sessions of all nodes (KIP-227, Kafka's FetchManager and FetchSessionCache).
///
/// `open` changes nothing, so that a request may wait and be looked at again; `settle` does what it said once
/// its answer leaves.
class fetch_sessions {
public:
    /// How many one node remembers; who comes later gets none (`max.incremental.fetch.session.cache.slots`).
    std::size_t limit = 1000;

    [[nodiscard]] fetch_context open(int node, const protocol::fetch_request& request,
                                     std::int16_t version) const;
    /// The id that the answer carries.
    std::int32_t settle(int node, fetch_context context);
    /// The node has been restarted, or is made to forget.
    void forget(int node);
    [[nodiscard]] std::size_t count(int node) const;

private:
    struct session {
        /// What the next request must carry.
        std::int32_t epoch = 1;
        bool by_id = false;
        std::vector<session_partition> partitions;
    };
    using key = std::pair<int, std::int32_t>;
    static void apply(const protocol::fetch_request& request, bool by_id,
                      std::vector<session_partition>& partitions);

    std::map<key, session> sessions_;
    std::int32_t last_id_ = 0;
};

} // namespace testing
KASIO_END_NAMESPACE
