// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/strand.hpp>

#include <chrono>

KASIO_BEGIN_NAMESPACE

/// Everything inside one cluster (connections, metadata, senders, fetchers) runs on one strand over the
/// user's executor: state needs no locks, and all teardown happens in one place.
using serial_executor = boost::asio::strand<boost::asio::any_io_executor>;

using steady_clock = std::chrono::steady_clock;
using time_point = steady_clock::time_point;
using steady_timer =
    boost::asio::basic_waitable_timer<steady_clock, boost::asio::wait_traits<steady_clock>, serial_executor>;

KASIO_END_NAMESPACE
