// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

// Forward declarations, for headers that only name the library's types. The inline namespace makes
// declarations by hand a mistake: use these.

KASIO_BEGIN_NAMESPACE

class cluster;
class consumer;
class fetched_records;
class partition_stream;
class producer;
class record_view;
struct cluster_options;
struct consumer_options;
struct delivery;
struct producer_options;
struct producer_record;

namespace testing {

class broker;
struct broker_options;

} // namespace testing

KASIO_END_NAMESPACE
