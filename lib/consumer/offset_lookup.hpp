// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/cluster_core.hpp"
#include "cluster/complete.hpp"

#include <kasio/consumer_options.hpp>
#include <kasio/messages/list_offsets.hpp>
#include <kasio/partition_offset.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// Offsets that a caller asks for, of any partitions: ListOffsets to each leader, as often as it takes until
/// the deadline. It changes no position. On the strand; the callbacks of what is under way keep it alive.
class offset_lookup : public std::enable_shared_from_this<offset_lookup> {
public:
    using completion_type = waiting_completion<std::vector<partition_offset>>;
    struct question {
        topic_partition partition;
        /// -1: the end, -2: the beginning.
        std::int64_t timestamp = -1;
    };

    offset_lookup(std::shared_ptr<cluster_core> cluster, isolation_level isolation,
                  std::vector<question> questions, std::shared_ptr<completion_type> waiting);
    void start();
    /// Completes the whole with `error`, unless it is complete.
    void end(error_code error);

private:
    struct item {
        std::int64_t timestamp = -1;
        /// Why it has to be asked once more, or the answer's code once it is settled.
        error_code last;
        bool settled = false;
    };
    using asked_items = std::shared_ptr<std::vector<std::size_t>>;

    void step();
    void ask(std::int32_t node, const asked_items& which);
    void send(session& line, const asked_items& which);
    void on_answer(const asked_items& which, error_code error, const protocol::list_offsets_response& answer);
    void settle(std::size_t at, error_code error);
    void retry(std::size_t at, error_code error);
    void on_round_done();
    void wait();
    void finish();
    [[nodiscard]] bool over() const noexcept { return ended_ || !waiting_->pending(); }
    void let_go();

    const std::shared_ptr<cluster_core> cluster_;
    const isolation_level isolation_;
    const std::shared_ptr<completion_type> waiting_;
    const time_point deadline_;
    std::vector<partition_offset> results_;
    std::vector<item> items_;
    std::set<std::string, std::less<>> topics_;
    std::size_t under_way_ = 0;
    int rounds_ = 0;
    bool ended_ = false;
};

KASIO_END_NAMESPACE
