// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kasio_test {

struct schema_range {
    int first = 0;
    int last = 32767;
    [[nodiscard]] bool contains(int version) const { return first <= version && version <= last; }
};

/// A line of a schema file (see test/data/schema/NOTATION.md).
struct schema_row {
    int depth = 0;
    std::string name;
    std::string type;
    schema_range versions;
    std::optional<schema_range> null;
    int tag = -1;
    bool ignorable = false;
    /// As the outliner writes it.
    std::string initial;
};

struct schema {
    schema_range valid;
    std::optional<schema_range> valid_before;
    std::optional<int> flexible;
    std::optional<int> key;
    std::vector<schema_row> rows;
};

/// Reads test/data/schema/`name`.txt; throws std::runtime_error when it is not there or not as it should be.
[[nodiscard]] schema read_schema(const std::string& name);
[[nodiscard]] bool has_schema(const std::string& name);

} // namespace kasio_test
