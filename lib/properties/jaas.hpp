// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/config.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>

KASIO_BEGIN_NAMESPACE

/// One entry of `sasl.jaas.config`: `package.Class required name="value" ... ;`.
struct jaas_entry {
    /// The last part of the class.
    std::string login_module;
    std::map<std::string, std::string, std::less<>> options;
};

/// Nothing when it has another shape; `wrong` then says what is wrong, without quoting any value.
[[nodiscard]] std::optional<jaas_entry> parse_jaas(std::string_view text, std::string& wrong);

KASIO_END_NAMESPACE
