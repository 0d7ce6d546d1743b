// SPDX-License-Identifier: BSL-1.0
// Every description against Kafka's own schema, field by field and version by version.
#include "protocol/any_message.hpp"
#include "protocol/api_table.hpp"

#include "schema_reader.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

using namespace kasio;
using namespace kasio::protocol;
using kasio_test::schema;
using kasio_test::schema_row;

namespace {

// What both sides are turned into: one line a field that stands in the version, in order.
std::string line_of(int depth, const std::string& name, const std::string& type, bool null, int tag,
                    const std::string& initial) {
    std::ostringstream line;
    line << std::string(static_cast<std::size_t>(depth) * 2, ' ') << name << ": " << type;
    if (null) line << " nullable";
    if (tag >= 0) line << " tag " << tag;
    if (!initial.empty()) line << " = " << initial;
    return line.str();
}

// Leaves out what lies below a field that is not there.
template <class Row, class Stands, class Line>
std::vector<std::string> lines_at(const std::vector<Row>& rows, Stands stands, Line line) {
    std::vector<std::string> lines;
    int hidden_below = 1000;
    for (const Row& row : rows) {
        if (row.depth > hidden_below) continue;
        hidden_below = stands(row) ? 1000 : row.depth;
        if (stands(row)) lines.push_back(line(row));
    }
    return lines;
}

std::vector<std::string> schema_lines(const schema& text, int version) {
    return lines_at(
        text.rows, [&](const schema_row& row) { return row.versions.contains(version); },
        [&](const schema_row& row) {
            return line_of(row.depth, row.name, row.type, row.null && row.null->contains(version), row.tag,
                           row.initial);
        });
}

std::vector<std::string> outline_lines(const std::vector<outline_row>& rows, std::int16_t version) {
    return lines_at(
        rows, [&](const outline_row& row) { return row.words.stands_in(version); },
        [&](const outline_row& row) {
            return line_of(row.depth, row.name, row.type, row.words.may_be_null_in(version), row.words.tag,
                           row.initial);
        });
}

// The layout that holds at a version: Kafka 4 dropped old versions from its schema.
schema schema_at(const std::string& name, int version) {
    schema newest = kasio_test::read_schema(name);
    const bool older = !newest.valid.contains(version) && kasio_test::has_schema(name + ".old");
    return older ? kasio_test::read_schema(name + ".old") : newest;
}

version_range whole_range(const schema& text) {
    int first = text.valid.first;
    int last = text.valid.last;
    if (text.valid_before) {
        first = std::min(first, text.valid_before->first);
        last = std::max(last, text.valid_before->last);
    }
    return {static_cast<std::int16_t>(first), static_cast<std::int16_t>(last)};
}

} // namespace

TEST_CASE("every description has the fields of Kafka's schema at every version") {
    for (const message_type& type : message_types()) {
        const auto rows = type.make()->outline();
        const version_range versions = type.api.all();
        for (std::int16_t version = versions.min; version <= versions.max; ++version) {
            INFO(type.name << " v" << version);
            REQUIRE(outline_lines(rows, version) == schema_lines(schema_at(type.name, version), version));
        }
    }
}

TEST_CASE("every message covers the versions of Kafka's schema and turns flexible where it does") {
    for (const message_type& type : message_types()) {
        INFO(type.name);
        const schema text = kasio_test::read_schema(type.name);
        CHECK(type.api.all() == whole_range(text));
        CHECK(type.api.flexible == (text.flexible ? *text.flexible : never_flexible));
        CHECK(type.api.key == text.key.value_or(-1));
        CHECK(type.api.all().contains(type.api.versions.min));
        CHECK(type.api.all().contains(type.api.versions.max));
    }
}

TEST_CASE("fields that a version lacks are dropped or refused as Kafka's schema says") {
    for (const message_type& type : message_types()) {
        const schema text = kasio_test::read_schema(type.name);
        const version_range versions = type.api.all();
        std::map<std::pair<int, std::string>, std::set<bool>> ignorable;
        for (const schema_row& row : text.rows) ignorable[{row.depth, row.name}].insert(row.ignorable);
        for (const outline_row& row : type.make()->outline()) {
            const bool partial = row.words.first > versions.min || row.words.last < versions.max;
            const auto found = ignorable.find({row.depth, row.name});
            if (!partial || found == ignorable.end()) continue;
            INFO(type.name << ' ' << row.name);
            CHECK(found->second.count(row.words.is_ignorable) == 1);
        }
    }
}

TEST_CASE("what a description says of a field's initial value is its member initialiser") {
    for (const message_type& type : message_types()) {
        const version_range versions = type.api.all();
        for (const outline_row& row : type.make()->outline()) {
            const bool may_be_absent =
                row.words.first > versions.min || row.words.last < versions.max || row.words.tag >= 0;
            if (!may_be_absent || row.type.ends_with("struct")) continue;
            INFO(type.name << ' ' << row.name);
            std::string said;
            if (row.words.starts_null) said = "null";
            else if (row.words.initial != 0)
                said = row.type == "bool" ? "true" : std::to_string(row.words.initial);
            CHECK(said == row.initial);
        }
    }
}

TEST_CASE("no struct has more tagged fields than codecs keep in mind") {
    for (const message_type& type : message_types()) {
        std::map<int, std::size_t> tagged_at_depth;
        for (const outline_row& row : type.make()->outline()) {
            tagged_at_depth.erase(tagged_at_depth.upper_bound(row.depth), tagged_at_depth.end());
            if (row.words.tag >= 0) ++tagged_at_depth[row.depth];
            CHECK(tagged_at_depth[row.depth] <= max_tagged_fields);
        }
    }
}

TEST_CASE("the table of apis agrees with the messages") {
    for (const api_row& row : api_table()) {
        INFO(row.name);
        const message_type* const request = find_message_type(row.key, message_kind::request);
        const message_type* const response = find_message_type(row.key, message_kind::response);
        CHECK((request == nullptr) == row.versions.empty());
        CHECK((response == nullptr) == row.versions.empty());
        if (request == nullptr || response == nullptr) continue;
        CHECK(request->api.versions == row.versions);
        CHECK(response->api.versions == row.versions);
        CHECK(request->api.flexible == row.flexible);
        CHECK(response->api.flexible == row.flexible);
    }
    CHECK(find_api(0)->name == "Produce");
    CHECK(find_api(0)->throttles_from == 6);
    CHECK(find_api(17)->throttles_from == never_throttles);
    CHECK(find_api(-1) == nullptr);
    CHECK(find_api(30000) == nullptr);
}
