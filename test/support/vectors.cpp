// SPDX-License-Identifier: BSL-1.0
#include "support/vectors.hpp"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace kasio_test {

namespace {

int digit_value(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    throw std::runtime_error{std::string{"no hexadecimal digit: "} + digit};
}

} // namespace

std::string data_path(const char* variable, const std::string& name) {
    const char* const chosen = std::getenv(variable);
    return chosen != nullptr && *chosen != '\0' ? chosen : KASIO_TEST_DATA_DIR "/" + name;
}

std::vector<std::string> read_lines(const std::string& path) {
    std::ifstream file{path};
    if (!file) throw std::runtime_error{"cannot read " + path};
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    if (file.bad() || lines.empty()) throw std::runtime_error{"nothing in " + path};
    return lines;
}

std::vector<std::vector<std::string>> read_rows(const std::string& path, std::size_t columns) {
    std::vector<std::vector<std::string>> rows;
    for (const std::string& line : read_lines(path)) {
        std::vector<std::string>& cells = rows.emplace_back();
        for (std::size_t start = 0; start != std::string::npos;) {
            const std::size_t end = line.find('\t', start);
            cells.push_back(line.substr(start, end - start));
            start = end == std::string::npos ? end : end + 1;
        }
        if (cells.size() < columns) throw std::runtime_error{path + ": short row: " + line.substr(0, 80)};
    }
    return rows;
}

std::string from_hex(std::string_view digits) {
    std::string bytes;
    bytes.reserve(digits.size() / 2);
    std::size_t i = 0;
    while (i < digits.size()) {
        if (digits[i] == ' ') {
            ++i;
            continue;
        }
        if (i + 1 == digits.size()) throw std::runtime_error{"odd number of hexadecimal digits"};
        bytes += static_cast<char>(digit_value(digits[i]) * 16 + digit_value(digits[i + 1]));
        i += 2;
    }
    return bytes;
}

std::string to_hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
        text += digits[static_cast<unsigned char>(c) >> 4];
        text += digits[static_cast<unsigned char>(c) & 0xf];
    }
    return text;
}

} // namespace kasio_test
