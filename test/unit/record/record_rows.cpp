// SPDX-License-Identifier: BSL-1.0
#include "record_rows.hpp"

#include "base/base64.hpp"
#include "support/vectors.hpp"

#include <charconv>
#include <optional>
#include <sstream>
#include <stdexcept>

namespace kasio_test {

namespace {

using kasio::owned_record;

/// Reads just the JSON that the rows are written in: no blanks, no escapes, members in their order.
class row_json {
public:
    explicit row_json(std::string_view text) : rest_{text} {}

    std::vector<owned_record> records() {
        std::vector<owned_record> all;
        expect("[");
        if (!skip("]")) {
            do all.push_back(record());
            while (skip(","));
            expect("]");
        }
        if (!rest_.empty()) throw std::runtime_error{"more behind the records: " + std::string{rest_}};
        return all;
    }

private:
    owned_record record() {
        owned_record one;
        expect("{\"offset\":");
        one.offset = number();
        expect(",\"timestamp\":");
        one.timestamp = kasio::timestamp{std::chrono::milliseconds{number()}};
        expect(",\"key\":");
        one.key = bytes();
        expect(",\"value\":");
        one.value = bytes();
        expect(",\"headers\":[");
        if (!skip("]")) {
            do {
                expect("[");
                auto name = bytes();
                expect(",");
                auto value = bytes();
                expect("]");
                one.headers.emplace_back(name.value(), std::move(value));
            } while (skip(","));
            expect("]");
        }
        expect("}");
        return one;
    }
    std::int64_t number() {
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        if (error != std::errc{}) throw std::runtime_error{"no number: " + std::string{rest_.substr(0, 40)}};
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return value;
    }
    std::optional<std::string> bytes() {
        if (skip("null")) return std::nullopt;
        expect("\"");
        const auto size = rest_.find('"');
        if (size == rest_.npos) throw std::runtime_error{"a string without end"};
        auto value = kasio::from_base64(rest_.substr(0, size));
        if (!value) throw std::runtime_error{"no base 64: " + std::string{rest_.substr(0, size)}};
        rest_.remove_prefix(size + 1);
        return value;
    }
    bool skip(std::string_view text) {
        if (!rest_.starts_with(text)) return false;
        rest_.remove_prefix(text.size());
        return true;
    }
    void expect(std::string_view text) {
        if (!skip(text))
            throw std::runtime_error{std::string{text} + " expected: " + std::string{rest_.substr(0, 40)}};
    }
    std::string_view rest_;
};

void read_attributes(const std::string& text, record_row& row) {
    std::istringstream words{text};
    for (std::string word; words >> word;) {
        const auto equals = word.find('=');
        const auto name = word.substr(0, equals);
        const auto value = equals == word.npos ? 0 : std::stoll(word.substr(equals + 1));
        if (name == "log-append-time") row.time_type = kasio::timestamp_type::log_append_time;
        else if (name == "transactional") row.transactional = true;
        else if (name == "control") row.control = row.transactional = true;
        else if (name == "commit") row.commit = true;
        else if (name == "pid") row.producer_id = value;
        else if (name == "epoch") row.producer_epoch = static_cast<std::int16_t>(value);
        else if (name == "seq") row.base_sequence = static_cast<std::int32_t>(value);
        else if (name == "coordinator_epoch") row.coordinator_epoch = static_cast<std::int32_t>(value);
        else if (name != "create-time" && name != "abort") throw std::runtime_error{"unknown word: " + word};
    }
}

std::vector<record_row> read_rows_of(const std::string& path, int lowest, int highest) {
    std::vector<record_row> rows;
    for (const auto& cells : read_rows(path, 5)) {
        if (cells[0] == "murmur2") continue; // tested beside the function
        if (cells[0] != "0" && cells[0] != "1" && cells[0] != "2")
            throw std::runtime_error{"unknown magic: " + cells[0]};
        const auto magic = cells[0][0] - '0';
        if (magic < lowest || magic > highest) continue;
        auto& row = rows.emplace_back();
        row.magic = magic;
        row.codec = kasio::parse_compression(cells[1]).value();
        read_attributes(cells[2], row);
        row.records = row_json{cells[3]}.records();
        row.bytes = from_hex(cells[4]);
        row.title = cells[0] + ' ' + cells[1] + ' ' + cells[2];
    }
    if (rows.empty()) throw std::runtime_error{"no batch of that magic in " + path};
    return rows;
}

} // namespace

std::vector<record_row> read_record_rows(const std::string& path) { return read_rows_of(path, 2, 2); }

std::vector<record_row> read_legacy_rows(const std::string& path) { return read_rows_of(path, 0, 1); }

const std::vector<record_row>& record_rows() {
    static const auto rows = read_record_rows(data_path("KASIO_RECORD_VECTORS", "records.tsv"));
    return rows;
}

const std::vector<record_row>& legacy_rows() {
    static const auto rows = read_legacy_rows(data_path("KASIO_RECORD_VECTORS", "records.tsv"));
    return rows;
}

} // namespace kasio_test
