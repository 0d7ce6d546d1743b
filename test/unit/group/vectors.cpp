// SPDX-License-Identifier: BSL-1.0
// Against what Java's client 4.4.0 wrote and decided: test/data/AssignmentGen.java.
#include "support/vectors.hpp"
#include "groups.hpp"
#include "support/catch.hpp"

#include <kasio/assignor.hpp>
#include "group/member_bytes.hpp"
#include "group/sticky_user_data.hpp"

#include <map>

using namespace kasio_test;

namespace {

std::vector<std::vector<std::string>> rows_of(const std::string& kind) {
    auto rows = read_rows(data_path("KASIO_ASSIGNMENT_VECTORS", "assignments.tsv"), 4);
    std::erase_if(rows, [&](const auto& row) { return row[0] != kind; });
    REQUIRE_FALSE(rows.empty());
    return rows;
}

std::optional<std::string> maybe_bytes(const std::string& cell) {
    return cell == "-" ? std::nullopt : std::optional{from_hex(std::string_view{cell}.substr(1))};
}

std::string bytes(const std::string& cell) { return maybe_bytes(cell).value(); }

} // namespace

TEST_CASE("subscriptions are Java's, byte by byte") {
    for (const auto& row : rows_of("subscription")) {
        INFO(row.back());
        const auto version = static_cast<std::int16_t>(std::stoi(row[1]));
        auto made = member("m|-|" + row[6] + '|' + row[2] + '|' + row[4] + '|' + row[5]);
        const auto user_data = maybe_bytes(row[3]);
        CHECK(to_hex(encode_subscription(made, user_data, version)) == to_hex(bytes(row[7])));
        if (version < 1) made.owned.clear();
        if (version < 2) made.generation = -1;
        if (version < 3) made.rack.reset();
        made.user_data = user_data.value_or("");
        member_subscription read;
        read.id = "m";
        const std::string stored = bytes(row[7]);
        REQUIRE(decode_subscription(stored, read) == error_code{});
        CHECK(read == made);
    }
}

TEST_CASE("assignments are Java's") {
    for (const auto& row : rows_of("assignment")) {
        INFO(row.back());
        member_assignment made;
        made.partitions = partitions(row[2]);
        made.user_data = maybe_bytes(row[3]).value_or("");
        member_assignment read;
        const std::string stored = bytes(row[4]);
        REQUIRE(decode_assignment(stored, read) == error_code{});
        CHECK(read == made);
        // Java writes topics in no order, and an empty user data apart from none.
        const auto version = static_cast<std::int16_t>(std::stoi(row[1]));
        const auto ours = encode_assignment(made, version);
        CHECK(ours.size() == stored.size());
        if (made.partitions.size() < 2 && (row[3] == "-" || !made.user_data.empty()))
            CHECK(to_hex(ours) == to_hex(stored));
        REQUIRE(decode_assignment(ours, read) == error_code{});
        CHECK(read == made);
    }
}

TEST_CASE("the user data of the sticky assignors is Java's") {
    for (const auto& row : rows_of("user-data")) {
        INFO(row.back());
        const auto owned = partitions(row[2]);
        const auto generation = std::stoi(row[3]);
        const auto ours = find_assignor(row[1])->user_data(owned, generation).value();
        const auto java = bytes(row[4]);
        if (row[1] == "cooperative-sticky") {
            CHECK(to_hex(ours) == to_hex(java));
            CHECK(decode_cooperative_sticky(java) == generation);
        } else {
            CHECK(ours.size() == java.size());
            if (owned.size() < 2) CHECK(to_hex(ours) == to_hex(java));
            const auto read = decode_sticky(java);
            REQUIRE(read);
            CHECK(tidy(read->partitions) == owned);
            CHECK(read->generation == generation);
        }
    }
}

TEST_CASE("range and roundrobin decide as Java's do, with racks and without") {
    int checked = 0;
    for (const auto& row : rows_of("assign")) {
        if (row[1] != "range" && row[1] != "roundrobin") continue;
        INFO(row[1] << ' ' << row[2] << " | " << row[3]);
        std::vector<member_subscription> members;
        for (const auto& each : split(row[3], ' ')) members.push_back(member(each));
        CHECK(text_of(members, find_assignor(row[1])->assign(members, layout(row[2]))) == row[4]);
        ++checked;
    }
    CHECK(checked > 200);
}

TEST_CASE("the sticky assignors balance no worse than Java's, and keep no less") {
    for (const auto& row : rows_of("assign")) {
        if (row[1] != "sticky" && row[1] != "cooperative-sticky") continue;
        INFO(row[1] << ' ' << row[2] << " | " << row[3] << " | " << row[4]);
        std::vector<member_subscription> members;
        for (const auto& each : split(row[3], ' ')) {
            members.push_back(member(each));
            if (row[1] == "sticky") {
                members.back().user_data = encode_sticky(members.back().owned, members.back().generation);
                members.back().owned.clear();
            }
        }
        // Java gives partitions also to a member that wants no topic at all, if it happens to come first.
        if (std::any_of(members.begin(), members.end(), [](const auto& each) { return each.topics.empty(); }))
            continue;
        // What cooperative-sticky holds back is for the next round; sticky's numbers tell both.
        const auto ours = find_assignor(row[1])->assign(members, layout(row[2]));
        std::size_t our_squares = 0, our_kept = 0, java_squares = 0, java_kept = 0;
        bool same_topics = true;
        const auto java = split(row[4], ' ');
        for (std::size_t i = 0; i < members.size(); ++i) {
            auto before = members[i].owned;
            if (row[1] == "sticky") before = decode_sticky(members[i].user_data)->partitions;
            const auto& mine = ours[i].partitions;
            const auto theirs = partitions(std::string_view{java[i]}.substr(java[i].find('=') + 1));
            our_squares += count(mine) * count(mine);
            java_squares += count(theirs) * count(theirs);
            our_kept += shared(mine, before);
            java_kept += shared(theirs, before);
            same_topics = same_topics && members[i].topics == members[0].topics;
        }
        if (row[1] == "sticky") CHECK(our_squares <= java_squares);
        // Members that want different topics: better balance may cost a move more.
        if (same_topics || our_squares == java_squares) CHECK(our_kept >= java_kept);
    }
}
