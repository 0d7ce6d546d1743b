// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/config.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

KASIO_BEGIN_NAMESPACE

struct server_address {
    std::string host;
    std::uint16_t port = 0;
    friend bool operator==(const server_address&, const server_address&) = default;
};

/// Reads `host:port,host:port`: IPv6 addresses in brackets, port 9092 where none is given, spaces around commas,
/// empty pieces passed over. Throws `boost::system::system_error` (`errc::invalid_option`) that names the piece.
[[nodiscard]] std::vector<server_address> parse_bootstrap_list(std::string_view text);

KASIO_END_NAMESPACE
