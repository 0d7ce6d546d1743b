// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace cli {

/// The command line cannot be understood: exit code 2.
struct usage_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What the letters say; names as kcat's.
struct settings {
    std::string brokers;                   // -b
    std::string topic;                     // -t
    std::optional<std::int32_t> partition; // -p
    std::string delimiter = "\n";          // -D
    std::optional<std::string> key_delimiter;           // -K
    std::optional<std::string> fixed_key;               // -k
    std::vector<std::pair<std::string, std::optional<std::string>>> headers; // -H
    bool empty_is_null = false;            // -Z
    std::string offset = "beginning";      // -o
    bool exit_at_end = false;              // -e
    std::optional<std::size_t> count;      // -c
    std::optional<std::string> format;     // -f
    bool json = false;                     // -J
    bool quiet = false;                    // -q
    bool unbuffered = false;               // -u
    int verbosity = 0;                     // -v

    kasio::cluster_options cluster;
    kasio::producer_options producer;
    kasio::consumer_options consumer;
};

/// Sets the members that Java's or librdkafka's property names stand for, given as `name=value`. Throws
/// `usage_error`: one message that names every unknown property with the nearest known one.
void apply_properties(settings& to, const std::vector<std::string>& properties);

/// `\n`, `\t`, `\r`, `\0`, `\\`, `\xNN` stand for bytes, anything else for itself.
std::string unescaped(std::string_view text);

kasio::start_position parse_offset(std::string_view text);

// What the subcommands do; each gives the exit code.
int produce(const settings& with);
int consume(const settings& with);
int list_metadata(const settings& with);

/// `% ERROR: what: NAME: why (cause)` in one line on standard error.
void complain(std::string_view what, const kasio::error_code& error, const kasio::failure& cause);

} // namespace cli
