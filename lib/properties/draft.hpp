// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "properties/jaas.hpp"
#include "properties/values.hpp"

#include <kasio/properties.hpp>

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// What is said about SASL, until it is known what goes with what.
struct sasl_draft {
    /// By `security.protocol`, where it is given.
    std::optional<bool> wanted;
    std::optional<sasl_mechanism> mechanism;
    std::optional<std::string> username;
    std::optional<secret_text> password;
    std::optional<jaas_entry> jaas;
    std::vector<std::pair<std::string, std::string>> token_config;
    bool unsecured = false;
};

/// Options while they are being filled: some members depend on several names.
struct draft {
    client_options options;
    std::optional<int> compression_level;
    std::map<kasio::compression, int> level_of_codec;
    sasl_draft sasl;
};

/// A name and what its value does.
struct setting {
    std::string_view name;
    wrong_value (*set)(draft& to, std::string_view value);
    bool secret = false;
};

/// What fills each of the options.
[[nodiscard]] std::span<const setting> cluster_settings();
[[nodiscard]] std::span<const setting> tls_settings();
[[nodiscard]] std::span<const setting> sasl_settings();
[[nodiscard]] std::span<const setting> producer_settings();
[[nodiscard]] std::span<const setting> consumer_settings();
[[nodiscard]] std::span<const setting> group_settings();

/// What depends on several names, once each has been set. Says what does not go together.
[[nodiscard]] std::string settle(draft& all);
[[nodiscard]] std::string settle_sasl(draft& all);

KASIO_END_NAMESPACE
