// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/properties.hpp>

#include <span>
#include <string_view>

KASIO_BEGIN_NAMESPACE

struct setting;

/// A name for what another name stands for.
struct alias {
    std::string_view name;
    std::string_view target;
};

/// A name that fills nothing.
struct other_name {
    std::string_view name;
    property_effect effect;
    std::string_view text;
    bool secret = false;
};

[[nodiscard]] std::span<const alias> property_aliases();
[[nodiscard]] std::span<const other_name> other_property_names();

/// A row of the whole table; `set` only where `known.effect` is `sets`.
struct name_row {
    known_property known;
    const setting* set = nullptr;
};

/// All rows, by name.
[[nodiscard]] std::span<const name_row> property_rows();
/// The row of a name; nothing when nobody knows it. Names that stand for many (`schema.registry.*`,
/// `*.serializer`, `*_cb`) have a row with a star.
[[nodiscard]] const name_row* find_property(std::string_view name);

KASIO_END_NAMESPACE
