// SPDX-License-Identifier: BSL-1.0
// Every row of the message vectors, which Kafka's own Java client encoded.
#include "protocol/any_message.hpp"

#include "json.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"
#include "whole_frame.hpp"

#include <algorithm>
#include <iostream>
#include <map>

using namespace kasio;
using namespace kasio::protocol;

namespace {

struct vector_row {
    std::int16_t api_key;
    std::string name;
    message_kind kind;
    std::int16_t version;
    std::string json;
    std::string bytes;
};

// Kafka Streams only.
bool is_left_out(std::int16_t api_key) { return api_key == 88 || api_key == 89 || api_key == 93; }

std::vector<vector_row> read_vector_rows() {
    std::vector<vector_row> rows;
    for (const auto& cells :
         kasio_test::read_rows(kasio_test::data_path("KASIO_MESSAGE_VECTORS", "messages.tsv"), 6)) {
        const std::string& kind = cells[2];
        if (kind != "request" && kind != "response")
            throw std::runtime_error{"neither request nor response: " + kind};
        rows.push_back({static_cast<std::int16_t>(std::stoi(cells[0])), cells[1],
                        kind == "request" ? message_kind::request : message_kind::response,
                        static_cast<std::int16_t>(std::stoi(cells[3])), cells[4],
                        kasio_test::from_hex(cells[5])});
    }
    return rows;
}

const std::vector<vector_row>& vector_rows() {
    static const std::vector<vector_row> rows = read_vector_rows();
    return rows;
}

const message_type* type_of(const vector_row& row) {
    const message_type* const type = find_message_type(row.api_key, row.kind);
    return type != nullptr && type->api.all().contains(row.version) ? type : nullptr;
}

std::string title(const vector_row& row) {
    return row.name + (row.kind == message_kind::request ? " request v" : " response v") +
           std::to_string(row.version);
}

} // namespace

TEST_CASE("every row of the message vectors decodes to its values and encodes to its bytes") {
    std::map<std::string, int> checked;
    std::map<std::string, int> unknown;
    for (const vector_row& row : vector_rows()) {
        INFO(title(row) << ' ' << row.json);
        const message_type* const type = type_of(row);
        if (type == nullptr) {
            ++unknown[title(row)];
            CHECK(is_left_out(row.api_key));
            continue;
        }
        const auto message = type->make();
        std::size_t left = 0;
        REQUIRE(message->decode(kasio_test::bytes_of(row.bytes), row.version, left) == error_code{});
        REQUIRE(left == 0);
        print_options lean = print_all;
        lean.initial_tags = false;
        const auto differences = kasio_test::json_differences(
            row.json, message->print(row.version, print_all), message->print(row.version, lean));
        REQUIRE(differences == std::vector<std::string>{});
        outgoing_frame out;
        REQUIRE(message->encode(out, row.version) == error_code{});
        REQUIRE(kasio_test::to_hex(whole(out)) == kasio_test::to_hex(row.bytes));
        ++checked[std::to_string(row.api_key) + ' ' + row.name];
    }
    for (const auto& [api, count] : checked) std::cout << "vectors: " << api << ": " << count << " rows\n";
    for (const auto& [api, count] : unknown)
        std::cout << "vectors: " << api << ": " << count << " rows NOT IMPLEMENTED\n";
    CHECK_FALSE(checked.empty());
}

TEST_CASE("every row cut short at any byte gives an error or a valid value", "[C10]") {
    for (const vector_row& row : vector_rows()) {
        const message_type* const type = type_of(row);
        if (type == nullptr) continue;
        INFO(title(row));
        const auto message = type->make();
        const auto again = type->make();
        for (std::size_t size = 0; size < row.bytes.size(); ++size) {
            // A copy of its own, so that a read past the end is one past an allocation.
            const std::vector<char> cut(row.bytes.begin(),
                                        row.bytes.begin() + static_cast<std::ptrdiff_t>(size));
            std::size_t left = 0;
            const error_code error = message->decode(bytes_view{cut.data(), size}.bytes(), row.version, left);
            // Each byte of a message is needed, so less than all of it is never a message.
            REQUIRE(error == errc::malformed_response);
        }
    }
}

TEST_CASE("damaged rows give an error or a value that can be encoded again") {
    std::mt19937_64 random{20};
    for (const vector_row& row : vector_rows()) {
        const message_type* const type = type_of(row);
        if (type == nullptr || row.bytes.empty()) continue;
        INFO(title(row));
        const auto message = type->make();
        for (int damage = 0; damage < 10; ++damage) {
            std::string bytes = row.bytes;
            for (auto count = random() % 3 + 1; count > 0; --count)
                bytes[random() % bytes.size()] = static_cast<char>(random());
            std::size_t left = 0;
            const error_code error = message->decode(kasio_test::bytes_of(bytes), row.version, left);
            if (error) {
                REQUIRE(error == errc::malformed_response);
                continue;
            }
            outgoing_frame out;
            REQUIRE(message->encode(out, row.version) == error_code{});
            const std::string encoded = whole(out);
            const auto again = type->make();
            REQUIRE(again->decode(kasio_test::bytes_of(encoded), row.version, left) == error_code{});
            REQUIRE(left == 0);
            // NaN differs from itself, so what is compared is its print.
            REQUIRE(again->print(row.version, print_all) == message->print(row.version, print_all));
        }
    }
}

TEST_CASE("a data file that is missing or malformed is an error") {
    CHECK_THROWS_AS(kasio_test::read_rows("/nonexistent/messages.tsv", 6), std::runtime_error);
    CHECK_THROWS_AS(kasio_test::read_rows("/dev/null", 6), std::runtime_error);
    CHECK_THROWS_AS(kasio_test::read_rows(kasio_test::data_path("KASIO_SCRAM_VECTORS", "scram.tsv"), 60),
                    std::runtime_error);
    CHECK_THROWS_AS(kasio_test::from_hex("0g"), std::runtime_error);
    CHECK_THROWS_AS(kasio_test::from_hex("012"), std::runtime_error);
}
