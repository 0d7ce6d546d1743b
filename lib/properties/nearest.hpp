// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/config.hpp>

#include <cstddef>
#include <span>
#include <string_view>

KASIO_BEGIN_NAMESPACE

/// How many letters must be put in, left out or replaced to make one of the other.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// What somebody meant who wrote `name`: the known name with the same words in another order, else the one at
/// most two letters away (the nearest, the first of several); empty when there is none.
[[nodiscard]] std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known);

KASIO_END_NAMESPACE
