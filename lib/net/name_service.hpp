// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "base/unique_function.hpp"
#include "net/executor.hpp"

#include <kasio/cluster_options.hpp>
#include <kasio/error.hpp>

#include <boost/asio/execution_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// What names and addresses stand for, as the system knows it; tests say it themselves. On the strand, one
/// question at a time; handlers are called once, never inside the call that takes them.
class name_service {
public:
    using endpoints = std::vector<boost::asio::ip::tcp::endpoint>;
    using addresses_handler = unique_function<void(error_code, endpoints)>;
    using name_handler = unique_function<void(error_code, std::string)>;

    virtual ~name_service() = default;
    /// All addresses of a host that are of the family, in the system's order.
    virtual void look_up(const std::string& host, std::uint16_t port, address_family family,
                         addresses_handler done) = 0;
    /// The full name of whoever has the address.
    virtual void name_of(const boost::asio::ip::tcp::endpoint& address, name_handler done) = 0;
    /// Ends the question with `operation_aborted`.
    virtual void cancel() = 0;
};

/// The system's, unless the execution context was told otherwise.
[[nodiscard]] std::unique_ptr<name_service> make_name_service(const serial_executor& executor);

/// For tests: from now on connections that are made in this context ask what `make` gives.
void use_names(boost::asio::execution_context& context,
               std::function<std::unique_ptr<name_service>(const serial_executor&)> make);

KASIO_END_NAMESPACE
