// SPDX-License-Identifier: BSL-1.0
// Every description against Kafka's own schema, field by field and version by version.
#include "protocol/any_message.hpp"
#include "protocol/api_table.hpp"

#include "schema_reader.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <iostream>
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

// By depth and name: structs that share a name and a depth may differ.
using ignorables = std::map<std::pair<int, std::string>, std::set<bool>>;

ignorables ignorables_of(const schema& text) {
    ignorables found;
    for (const schema_row& row : text.rows) found[{row.depth, row.name}].insert(row.ignorable);
    return found;
}

bool is_partial(const outline_row& row, version_range versions) {
    return row.words.first > versions.min || row.words.last < versions.max;
}

bool ignorable_agrees(const ignorables& said, const outline_row& row, version_range versions) {
    const auto found = said.find({row.depth, row.name});
    if (!is_partial(row, versions) || found == said.end()) return true;
    return found->second.count(row.words.is_ignorable) == 1;
}

std::int8_t narrow(int version) { return static_cast<std::int8_t>(version); }

// Do all that the field lies in stand in the version?
bool could_stand(const std::vector<outline_row>& rows, std::size_t at, int version) {
    int depth = rows[at].depth;
    for (std::size_t i = at; i-- > 0 && depth > 0;) {
        if (rows[i].depth >= depth) continue;
        depth = rows[i].depth;
        if (!rows[i].words.stands_in(narrow(version))) return false;
    }
    return true;
}

// The versions in which the field is on the wire.
version_range visible(const std::vector<outline_row>& rows, std::size_t at, version_range versions) {
    version_range found;
    for (std::int16_t version = versions.min; version <= versions.max; ++version) {
        if (!rows[at].words.stands_in(version) || !could_stand(rows, at, version)) continue;
        if (found.empty()) found.min = version;
        found.max = version;
    }
    return found;
}

void flip_null(field& words, std::int16_t version) {
    const bool was = words.may_be_null_in(version);
    words.null_first = was ? field::last_version : narrow(version);
    words.null_last = was ? std::int8_t{0} : narrow(version);
}

// The row and those that it lies in.
std::vector<const schema_row*> with_parents(const std::vector<schema_row>& rows, std::size_t at) {
    std::vector<const schema_row*> found{&rows[at]};
    for (std::size_t i = at; i-- > 0;) {
        if (rows[i].depth < found.back()->depth) found.push_back(&rows[i]);
    }
    return found;
}

// Narrows each range of the newest schema by one version at either end.
int schema_edits_found(const message_type& type, const std::vector<outline_row>& rows) {
    const schema text = kasio_test::read_schema(type.name);
    int edits = 0;
    for (std::size_t i = 0; i < text.rows.size(); ++i) {
        INFO(type.name << ' ' << text.rows[i].name);
        const auto found = [&](int version, auto edit) {
            schema edited = text;
            edit(edited.rows[i].versions);
            return outline_lines(rows, narrow(version)) != schema_lines(edited, version);
        };
        auto [first, last] = text.valid;
        for (const schema_row* const row : with_parents(text.rows, i)) {
            first = std::max(first, row->versions.first);
            last = std::min(last, row->versions.last);
        }
        if (first > last) continue; // of versions that Kafka has dropped
        edits += 2;
        CHECK(found(first, [&](kasio_test::schema_range& range) { range.first = first + 1; }));
        CHECK(found(last, [&](kasio_test::schema_range& range) { range.last = last - 1; }));
    }
    return edits;
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
        const ignorables said = ignorables_of(kasio_test::read_schema(type.name));
        for (const outline_row& row : type.make()->outline()) {
            INFO(type.name << ' ' << row.name);
            CHECK(ignorable_agrees(said, row, type.api.all()));
        }
    }
}

TEST_CASE("an edit of any one word of a description, or of a version of Kafka's schema, would be found") {
    int edits = 0;
    for (const message_type& type : message_types()) {
        const auto rows = type.make()->outline();
        const version_range versions = type.api.all();
        const ignorables said = ignorables_of(kasio_test::read_schema(type.name));
        std::map<int, std::vector<std::string>> expected;
        for (int v = versions.min; v <= versions.max; ++v)
            expected[v] = schema_lines(schema_at(type.name, v), v);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            INFO(type.name << ' ' << rows[i].name);
            const version_range stands = visible(rows, i, versions);
            REQUIRE_FALSE(stands.empty());
            const auto found = [&](std::int16_t version, auto edit) {
                auto edited = rows;
                edit(edited[i]);
                ++edits;
                return outline_lines(edited, version) != expected[version];
            };
            const auto first = stands.min;
            const auto last = stands.max;
            CHECK(found(first, [&](outline_row& row) { row.words.first = narrow(first + 1); }));
            CHECK(found(last, [&](outline_row& row) { row.words.last = narrow(last - 1); }));
            if (rows[i].words.first > versions.min && could_stand(rows, i, first - 1))
                CHECK(
                    found(narrow(first - 1), [&](outline_row& row) { row.words.first = narrow(first - 1); }));
            if (rows[i].words.last < versions.max && could_stand(rows, i, last + 1))
                CHECK(found(narrow(last + 1), [&](outline_row& row) { row.words.last = narrow(last + 1); }));
            for (const auto version : {first, last})
                CHECK(found(version, [&](outline_row& row) { flip_null(row.words, version); }));
            CHECK(found(first, [](outline_row& row) { ++row.words.tag; }));
            CHECK(found(first, [](outline_row& row) { row.type += '8'; }));
            CHECK(found(first, [](outline_row& row) { row.name += 's'; }));
            CHECK(found(first, [](outline_row& row) { row.initial = row.initial.empty() ? "1" : ""; }));
            // Where two structs of a message have a field of that name, the schema tells only the pair.
            const auto both = said.find({rows[i].depth, rows[i].name});
            if (both == said.end() || both->second.size() != 1 || !is_partial(rows[i], versions)) continue;
            auto row = rows[i];
            row.words.is_ignorable = !row.words.is_ignorable;
            CHECK_FALSE(ignorable_agrees(said, row, versions));
        }
        edits += schema_edits_found(type, rows);
    }
    std::cout << "schema: " << edits << " edits found\n";
    CHECK(edits > 10'000);
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
