// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Test data in files of tab-separated rows.
namespace kasio_test {

/// The file named by the environment variable, or else `name` in the project's test/data.
[[nodiscard]] std::string data_path(const char* variable, const std::string& name);

/// The cells of each row. Throws std::runtime_error when the file cannot be read, is empty, or has a row with
/// fewer than `columns` cells: a test must not pass for want of data.
[[nodiscard]] std::vector<std::vector<std::string>> read_rows(const std::string& path, std::size_t columns);

/// The lines of a file, under the same terms.
[[nodiscard]] std::vector<std::string> read_lines(const std::string& path);

/// Bytes written as hexadecimal digits, with blanks between bytes where it helps the eye; throws
/// std::runtime_error for anything else.
[[nodiscard]] std::string from_hex(std::string_view digits);
[[nodiscard]] std::string to_hex(std::string_view bytes);

[[nodiscard]] inline std::span<const std::byte> bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

} // namespace kasio_test
