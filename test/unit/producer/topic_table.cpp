// SPDX-License-Identifier: BSL-1.0
#include "producer/topic_table.hpp"

#include "support/catch.hpp"

#include <string>

using namespace kasio;

TEST_CASE("a topic is found by name once it was added, and only then") {
    topic_table topics;
    CHECK(topics.find("orders") == nullptr);
    auto& added = topics.find_or_add("orders");
    CHECK(topics.find("orders") == &added);
    CHECK(&topics.find_or_add("orders") == &added);
    CHECK(topics.find("order") == nullptr);
    CHECK(topics.find("") == nullptr);
}

TEST_CASE("entries keep their place while the table grows") {
    topic_table topics;
    std::vector<topic_entry*> entries;
    for (int i = 0; i < 1000; ++i) entries.push_back(&topics.find_or_add("topic-" + std::to_string(i)));
    for (int i = 0; i < 1000; ++i) {
        CHECK(topics.find("topic-" + std::to_string(i)) == entries[static_cast<std::size_t>(i)]);
    }
    CHECK(topics.all() == entries);
}
