// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/properties.hpp>

#include <optional>
#include <string>
#include <vector>

namespace cli {

/// Where properties come from.
struct property_sources {
    /// `-F`: a property file; `none` or `-`: no file at all; not given: the usual places.
    std::optional<std::string> file;
    /// `-X`: `name=value`.
    std::vector<std::string> words;
    /// What other letters stand for.
    kasio::properties letters;
    bool quiet = false;
};

/// All of them, the strongest last: the file, the environment, `-X`, letters. Throws `usage_error`.
std::vector<kasio::properties> read_sources(const property_sources& from);

/// `-X list`: every name, and what becomes of it.
std::string list_of_properties();
/// `-X dump`: what was given, without what a stronger source replaces. Secrets are not shown.
std::string dump_of(const std::vector<kasio::properties>& layers);

} // namespace cli
