// SPDX-License-Identifier: BSL-1.0
// Partitions as the fetcher sees them.
#pragma once

#include "batches.hpp"

#include "consumer/fetch_round.hpp"

#include <memory>
#include <string>

namespace kasio_test {

inline std::shared_ptr<fetched_partition> partition(const std::string& topic, int number,
                                                    std::int64_t offset = 0) {
    auto position = std::make_shared<partition_position>(std::make_shared<const std::string>(topic), number);
    position->where = partition_position::stage::known;
    position->offset = offset;
    auto made = std::make_shared<fetched_partition>(position);
    made->version = position->version;
    made->buffer.reset(offset);
    made->topic_id.bytes[0] = static_cast<std::uint8_t>(topic[0]);
    return made;
}

inline const fetched_partition::time_point now{std::chrono::hours{1}};

} // namespace kasio_test
