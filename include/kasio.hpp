// SPDX-License-Identifier: BSL-1.0
#pragma once

// All of kasio but the messages of the protocol (kasio/messages.hpp) and the short calls with them (kasio/calls.hpp), for
// who sends them by hand, and the in-process cluster (kasio/testing/broker.hpp).

#include <kasio/answer.hpp>
#include <kasio/api_info.hpp>
#include <kasio/assignor.hpp>
#include <kasio/broker_error.hpp>
#include <kasio/bytes.hpp>
#include <kasio/cluster.hpp>
#include <kasio/cluster_options.hpp>
#include <kasio/committed_offset.hpp>
#include <kasio/compression.hpp>
#include <kasio/config.hpp>
#include <kasio/connection.hpp>
#include <kasio/consumer.hpp>
#include <kasio/consumer_metrics.hpp>
#include <kasio/consumer_options.hpp>
#include <kasio/delivery.hpp>
#include <kasio/destination.hpp>
#include <kasio/error.hpp>
#include <kasio/features.hpp>
#include <kasio/fetched_records.hpp>
#include <kasio/fwd.hpp>
#include <kasio/group_handle.hpp>
#include <kasio/group_options.hpp>
#include <kasio/hash.hpp>
#include <kasio/histogram.hpp>
#include <kasio/metadata.hpp>
#include <kasio/observer.hpp>
#include <kasio/offset_reset.hpp>
#include <kasio/partition_offset.hpp>
#include <kasio/partition_stream.hpp>
#include <kasio/partitioner.hpp>
#include <kasio/poll_limits.hpp>
#include <kasio/producer.hpp>
#include <kasio/producer_metrics.hpp>
#include <kasio/producer_options.hpp>
#include <kasio/properties.hpp>
#include <kasio/rebalance.hpp>
#include <kasio/record.hpp>
#include <kasio/sasl_options.hpp>
#include <kasio/secret_text.hpp>
#include <kasio/start_position.hpp>
#include <kasio/tls_options.hpp>
#include <kasio/token_from.hpp>
#include <kasio/token_source.hpp>
#include <kasio/uuid.hpp>
#include <kasio/version.hpp>
