// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace cli {

/// Offsets by partition, or what kept them from being found out.
struct found_offsets {
    kasio::error_code error;
    /// Where the error is.
    kasio::topic_partition partition;
    std::map<kasio::topic_partition, std::int64_t> offsets;
    found_offsets() {}
};

/// Finds out which offsets those starting positions stand for. Ends early with `operation_aborted` by
/// `cancel`.
boost::asio::awaitable<found_offsets> look_up(kasio::cluster& kafka, const kasio::consumer_options& options,
                                              const std::vector<kasio::assignment>& wanted,
                                              boost::asio::cancellation_signal& cancel);

struct found_metadata {
    kasio::error_code error;
    kasio::cluster_metadata known;
    found_metadata() {}
};

/// The metadata of a topic (all when it is empty); with the cause as error when that takes too long.
boost::asio::awaitable<found_metadata> ask_metadata(kasio::cluster& kafka, const std::string& topic,
                                                    std::chrono::milliseconds limit,
                                                    boost::asio::cancellation_signal& cancel);

} // namespace cli
