// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "reading_range.hpp"

#include <kasio.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace cli {

enum class mode { none, produce, consume, metadata, groups };

/// What an empty piece of the input becomes: nothing, an empty value, or a null one.
enum class empty_piece { skip, send, null };

/// What the letters say; names as kcat's.
struct settings {
    std::vector<std::string> topics;                                         // -t
    std::vector<std::int32_t> partitions;                                    // -p
    std::string delimiter = "\n";                                            // -D
    std::optional<std::string> key_delimiter;                                // -K
    std::optional<std::string> fixed_key;                                    // -k
    std::vector<std::pair<std::string, std::optional<std::string>>> headers; // -H
    bool empty_is_null = false;                                              // -Z
    empty_piece empty = empty_piece::skip;                                   // --empty
    std::vector<std::string> files;                                          // what stands after the letters
    bool lines_of_files = false;                                             // -l
    bool copy_input = false;                                                 // -T
    bool in_group = false;                                                   // -G
    std::vector<std::string> groups;                                         // what `groups` describes
    reading_range range;                                                     // -o
    bool exit_at_end = false;                                                // -e
    bool follow_end = false;                                                 // --follow-end
    std::optional<std::uint64_t> count;                                      // -c
    std::optional<std::string> format;                                       // -f
    bool show_offset = false;                                                // -O
    bool json = false;                                                       // -J
    bool quiet = false;                                                      // -q
    bool unbuffered = false;                                                 // -u
    bool go_on = false;                                                      // -E
    int verbosity = 0;                                                       // -v
    std::chrono::milliseconds metadata_timeout{5'000};                       // -m

    kasio::cluster_options cluster;
    kasio::producer_options producer;
    kasio::consumer_options consumer;
};

// What the modes do; each gives the exit code.
int produce(const settings& with);
int consume(const settings& with);
int list_metadata(const settings& with);
int list_groups(const settings& with);

/// `% ERROR: what: NAME: why (cause)` in one line on standard error.
void complain(std::string_view what, const kasio::error_code& error, const kasio::failure& cause = {});
/// `% text`, in one line.
void remark(std::string_view text);

} // namespace cli
