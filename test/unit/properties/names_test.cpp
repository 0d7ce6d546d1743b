// SPDX-License-Identifier: BSL-1.0
#include "properties/name_table.hpp"
#include "properties/nearest.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"

#include <array>
#include <set>
#include <string>

using namespace kasio;

namespace {

std::vector<std::vector<std::string>> rows_of_both_worlds() {
    return kasio_test::read_rows(kasio_test::data_path("KASIO_PROPERTY_NAMES", "property_names.tsv"), 2);
}

} // namespace

TEST_CASE("every name of the Java clients and of librdkafka is in the table") {
    std::set<std::string> worlds;
    std::string missing;
    for (const auto& row : rows_of_both_worlds()) {
        worlds.insert(row[0]);
        if (find_property(row[1]) == nullptr) missing += row[1] + ' ';
    }
    CHECK(missing.empty());
    CHECK(worlds == std::set<std::string>{"java", "librdkafka"});
}

TEST_CASE("what holds a secret in either world is marked as one") {
    std::string open;
    for (const auto& row : rows_of_both_worlds()) {
        const auto& name = row[1];
        const bool secret = name.find("password") != name.npos || name.find("secret") != name.npos ||
                            name.find("passphrase") != name.npos || name == "ssl.key.pem" ||
                            name == "ssl.keystore.key" || name == "sasl.jaas.config" ||
                            name == "sasl.oauthbearer.config" || name == "ssl_key";
        if (secret && !find_property(name)->known.secret) open += name + ' ';
    }
    CHECK(open.empty());
}

TEST_CASE("each alias leads to a name, and no name stands twice in the table") {
    for (const auto& each : property_aliases()) {
        INFO(each.name);
        const auto* row = find_property(each.name);
        REQUIRE(row != nullptr);
        CHECK(row->known.target == each.target);
        CHECK(find_property(each.target) != nullptr);
    }
    std::set<std::string_view> seen;
    for (const auto& row : property_rows()) {
        INFO(row.known.name);
        CHECK(seen.insert(row.known.name).second);
        CHECK((row.set != nullptr) == (row.known.effect == property_effect::sets));
        CHECK((row.known.effect == property_effect::sets || !row.known.text.empty()));
    }
}

TEST_CASE("names that stand for many, and names of a topic, are found") {
    CHECK(find_property("my.value.serializer")->known.effect == property_effect::ignored);
    CHECK(find_property("schema.registry.url") != nullptr);
    CHECK(find_property("basic.auth.user.info")->known.secret);
    CHECK(find_property("some_cb")->known.effect == property_effect::refused);
    CHECK(find_property("topic.acks")->known.target == "acks");
    CHECK(find_property("topic.topic.acks") == nullptr);
    CHECK(find_property("topic.metadata.refresh.interval.ms")->known.target == "metadata.max.age.ms");
    CHECK(find_property("schema.registry.") == nullptr);
    CHECK(find_property("schema.registry") == nullptr);
    CHECK(find_property("") == nullptr);
    CHECK(find_property("ACKS") == nullptr);
}

TEST_CASE("the nearest name is the one with the same words, or at most two letters away") {
    const std::array<std::string_view, 4> known{"linger.ms", "acks", "fetch.max.wait.ms",
                                                "fetch.wait.max.ms"};
    CHECK(nearest_name("lingr.ms", known) == "linger.ms");
    CHECK(nearest_name("linger_ms", known) == "linger.ms");
    CHECK(nearest_name("ms.linger", known) == "linger.ms");
    CHECK(nearest_name("wait.fetch.max.ms", known) == "fetch.max.wait.ms");
    CHECK(nearest_name("ack", known) == "acks");
    CHECK(nearest_name("lnger.m", known) == "linger.ms");
    CHECK(nearest_name("lngr.m", known).empty());
    CHECK(nearest_name("", known).empty());
    CHECK(nearest_name(std::string(100'000, 'x'), known).empty());
    CHECK(edit_distance("kitten", "sitting") == 3);
    CHECK(edit_distance("", "abc") == 3);
}
