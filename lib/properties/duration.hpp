// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "properties/values.hpp"

KASIO_BEGIN_NAMESPACE

/// A length of time in ISO 8601 as `java.time.Duration.parse` takes it, `P1DT2H3M4.5S`; not negative.
/// What is finer than a millisecond is rounded up.
[[nodiscard]] wrong_value read_duration(std::string_view text, std::chrono::milliseconds& to);

KASIO_END_NAMESPACE
