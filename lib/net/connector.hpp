// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "base/unique_function.hpp"
#include "net/executor.hpp"
#include "net/name_service.hpp"
#include "net/stream.hpp"

#include <kasio/error.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// The addresses in the order of trying: families in turn, beginning with that of the first address, each
/// address once. A host whose first family is broken then costs one failed try, not one per address.
[[nodiscard]] std::vector<boost::asio::ip::tcp::endpoint> in_order_of_trying(
    const std::vector<boost::asio::ip::tcp::endpoint>& addresses);

/// Looks up a host and connects a stream to the first of its addresses that accepts. Resolved anew each time,
/// since brokers move (KIP-302, KIP-602). Everything runs on the strand.
class connector : public std::enable_shared_from_this<connector> {
public:
    /// `text` tells what was tried and what the system said.
    using handler = unique_function<void(error_code, std::string text)>;

    /// What a host stands for.
    struct manner {
        address_family family = address_family::any;
        /// Once connected, `name` is looked up from the address.
        bool canonical = false;
    };

    connector(const serial_executor& executor, std::shared_ptr<stream> line,
              std::unique_ptr<name_service> names);

    /// An address that does not answer at all gets its share of the time until `deadline`, so that those
    /// after it are tried too. The deadline itself is watched by the caller. `done` is called once: with
    /// success, `host_not_found`, `broker_unreachable`, or `connect_timed_out` when no address answered at
    /// all.
    void start(const std::string& host, std::uint16_t port, manner how, time_point deadline, handler done);
    /// The same without a look-up.
    void start(std::vector<boost::asio::ip::tcp::endpoint> addresses, time_point deadline, handler done);
    /// Ends the search; `done` is destroyed uncalled. The caller closes the stream.
    void cancel();
    /// Whom the peer has to prove to be: the host, or the canonical name of the address that accepted, which
    /// is the address itself where it has none. Valid when `done` is told of success.
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    /// What it is doing, for messages: `looking up kafka1`, `connecting to 10.0.0.1:9092`.
    [[nodiscard]] std::string step() const;

private:
    void on_looked_up(error_code error, const name_service::endpoints& found);
    void try_next();
    void on_tried(error_code error);
    void look_up_name();
    void note(const std::string& what);
    void finish(error_code error);

    const std::unique_ptr<name_service> names_;
    steady_timer timer_;
    std::shared_ptr<stream> line_;
    handler done_;
    std::string host_;
    std::string name_;
    manner how_;
    time_point deadline_;
    std::vector<boost::asio::ip::tcp::endpoint> addresses_;
    std::size_t next_ = 0;
    std::string text_;
    bool finished_ = false;
    bool out_of_time_ = false;
    bool any_answered_ = false;
};

KASIO_END_NAMESPACE
