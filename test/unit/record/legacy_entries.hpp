// SPDX-License-Identifier: BSL-1.0
// Entries of magic 0 and 1 as tests want them, right or wrong.
#pragma once

#include <kasio/bytes.hpp>

#include <cstdint>
#include <string>

namespace kasio_test {

struct legacy_to_write {
    int magic = 1;
    std::int8_t attributes = 0;
    std::int64_t offset = 0;
    std::int64_t time = 1'000;
    kasio::bytes_view key = "k";
    kasio::bytes_view value = "v";
};

[[nodiscard]] std::string write_legacy(const legacy_to_write& entry);

} // namespace kasio_test
