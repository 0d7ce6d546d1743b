// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string_view>

KASIO_BEGIN_NAMESPACE

/// How a batch of records is compressed, by the numbers in its attributes. `compression.type`.
enum class compression : std::int8_t { none = 0, gzip = 1, snappy = 2, lz4 = 3, zstd = 4 };

/// Was the library built with it? `none`, gzip and lz4 always are; snappy and zstd are optional.
[[nodiscard]] KASIO_DECL bool is_available(compression codec) noexcept;

/// `none`, `gzip`, `snappy`, `lz4` or `zstd`; `unknown` for other numbers.
[[nodiscard]] KASIO_DECL std::string_view compression_name(compression codec) noexcept;

/// The codec of that name (letters of any case); nothing when there is none.
[[nodiscard]] KASIO_DECL std::optional<compression> parse_compression(std::string_view name) noexcept;

KASIO_DECL std::ostream& operator<<(std::ostream& out, compression codec);

KASIO_END_NAMESPACE
