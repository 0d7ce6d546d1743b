// SPDX-License-Identifier: BSL-1.0
#include "cluster/bootstrap_list.hpp"

#include <kasio/error.hpp>

#include <boost/system/system_error.hpp>

#include <charconv>

KASIO_BEGIN_NAMESPACE

namespace {

constexpr std::uint16_t default_port = 9092;

[[noreturn]] void refuse(std::string_view piece, const char* why) {
    const auto what = "bootstrap_servers: '" + std::string{piece} + "' " + why;
    throw boost::system::system_error{make_error_code(errc::invalid_option), what};
}

std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view blanks = " \t\r\n";
    const auto first = text.find_first_not_of(blanks);
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::uint16_t parse_port(std::string_view piece, std::string_view digits) {
    unsigned port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc{} || end != digits.data() + digits.size() || port == 0 || port > 65535) {
        refuse(piece, "has no port between 1 and 65535");
    }
    return static_cast<std::uint16_t>(port);
}

server_address parse_server(std::string_view piece) {
    server_address server{{}, default_port};
    auto rest = piece;
    if (rest.front() == '[') {
        const auto close = rest.find(']');
        if (close == rest.npos) refuse(piece, "lacks a closing bracket");
        server.host = rest.substr(1, close - 1);
        rest.remove_prefix(close + 1);
        if (!rest.empty() && rest.front() != ':') refuse(piece, "has something between bracket and port");
    } else {
        const auto colon = rest.find(':');
        if (colon != rest.npos && rest.find(':', colon + 1) != rest.npos) refuse(piece, "is an IPv6 address without brackets");
        server.host = rest.substr(0, colon);
        rest.remove_prefix(colon == rest.npos ? rest.size() : colon);
    }
    if (server.host.empty()) refuse(piece, "has no host");
    if (!rest.empty()) server.port = parse_port(piece, rest.substr(1));
    return server;
}

} // namespace

std::vector<server_address> parse_bootstrap_list(std::string_view text) {
    std::vector<server_address> servers;
    for (auto rest = text; !rest.empty();) {
        const auto comma = rest.find(',');
        const auto piece = trimmed(rest.substr(0, comma));
        if (!piece.empty()) servers.push_back(parse_server(piece));
        rest.remove_prefix(comma == rest.npos ? rest.size() : comma + 1);
    }
    if (servers.empty()) refuse(text, "names no server");
    return servers;
}

KASIO_END_NAMESPACE
