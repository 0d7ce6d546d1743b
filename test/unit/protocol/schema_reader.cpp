// SPDX-License-Identifier: BSL-1.0
#include "schema_reader.hpp"

#include "support/vectors.hpp"

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

namespace kasio_test {

namespace {

schema_range read_range(const std::string& text) {
    if (text.back() == '+') return {std::stoi(text), 32767};
    const std::size_t dash = text.find('-');
    if (dash == std::string::npos) return {std::stoi(text), std::stoi(text)};
    return {std::stoi(text), std::stoi(text.substr(dash + 1))};
}

// What follows `prefix` up to a blank or a closing bracket.
std::optional<std::string> word_after(const std::string& line, const std::string& prefix) {
    const std::size_t start = line.find(prefix);
    if (start == std::string::npos) return std::nullopt;
    const std::size_t from = start + prefix.size();
    return line.substr(from, line.find_first_of(" )", from) - from);
}

// To the outliner's way of writing: kinds of structs are all alike, records are bytes.
std::string plain_type(const std::string& type) {
    const bool array = type.starts_with("[]");
    std::string element = array ? type.substr(2) : type;
    if (element == "records") element = "bytes";
    if (element.front() >= 'A' && element.front() <= 'Z') element = "struct";
    return array ? "[]" + element : element;
}

std::string plain_initial(const std::string& type, const std::optional<std::string>& written) {
    if (type == "records") return "null";
    if (!written || *written == "\"\"") return "";
    const std::string& text = *written;
    if (text == "null") return "null";
    if (type == "bool") return text == "true" || text == "True" ? "true" : "";
    const long long number = std::stoll(text, nullptr, 0);
    return number == 0 ? "" : std::to_string(number);
}

schema_row read_row(const std::string& line) {
    const std::size_t indent = line.find_first_not_of(' ');
    const std::size_t colon = line.find(": ");
    if (indent % 2 != 0 || colon == std::string::npos) throw std::runtime_error{"no field: " + line};
    schema_row row;
    row.depth = static_cast<int>(indent / 2);
    row.name = line.substr(indent, colon - indent);
    const std::string rest = line.substr(colon + 2) + ' ';
    const std::string type = rest.substr(0, rest.find(' '));
    row.type = plain_type(type);
    row.versions = read_range(word_after(rest, " v").value());
    if (const auto null = word_after(rest, " null:")) row.null = read_range(*null);
    if (const auto tag = word_after(rest, " TAG")) row.tag = std::stoi(*tag);
    row.ignorable = rest.find(" ign ") != std::string::npos;
    row.initial = plain_initial(type, word_after(rest, " ="));
    return row;
}

std::string path_of(const std::string& name) { return KASIO_TEST_DATA_DIR "/schema/" + name + ".txt"; }

} // namespace

schema read_schema(const std::string& name) {
    schema result;
    bool headed = false;
    for (const std::string& line : read_lines(path_of(name))) {
        if (line.empty() || line.front() == '#') continue;
        if (headed) {
            result.rows.push_back(read_row(line));
            continue;
        }
        headed = true;
        result.valid = read_range(word_after(line, " valid=").value());
        if (const auto before = word_after(line, "(3.9: valid=")) result.valid_before = read_range(*before);
        if (const auto key = word_after(line, " key=")) result.key = std::stoi(*key);
        const std::string flexible = word_after(line, " flex=").value();
        if (flexible != "none") result.flexible = std::stoi(flexible);
    }
    return result;
}

bool has_schema(const std::string& name) { return std::ifstream{path_of(name)}.good(); }

} // namespace kasio_test
