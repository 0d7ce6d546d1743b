// SPDX-License-Identifier: BSL-1.0
#include "partitions.hpp"

#include "consumer/fetch_session.hpp"

#include <kasio/broker_error.hpp>

#include <map>
#include <random>
#include <set>

using namespace kasio_test;
using outcome = fetch_session::outcome;
using partitions = std::vector<std::shared_ptr<fetched_partition>>;

namespace {

constexpr std::int16_t by_name = 12;
constexpr std::int16_t by_id = 17;

protocol::fetch_request ask(fetch_session& session, const partitions& which, std::int16_t version = by_id) {
    protocol::fetch_request request;
    session.ask(request, plan_fetch(which, now, 1), version, 1000);
    return request;
}

protocol::fetch_response granted(std::int32_t id) {
    protocol::fetch_response answer;
    answer.session_id = id;
    return answer;
}

/// A topic of an answer, by name and id.
protocol::fetch_response::fetchable_topic_response topic(const std::string& name) {
    protocol::fetch_response::fetchable_topic_response answered;
    answered.topic = name;
    answered.topic_id.bytes[0] = static_cast<std::uint8_t>(name[0]);
    return answered;
}

std::set<std::pair<std::string, int>> named(const protocol::fetch_request& request) {
    std::set<std::pair<std::string, int>> all;
    for (const auto& each : request.topics)
        for (const auto& wanted : each.partitions) all.insert({each.topic, wanted.partition});
    return all;
}

} // namespace

TEST_CASE("a request names each topic once in a row, with offset, epochs and limit") {
    const auto a0 = partition("a", 0, 5);
    a0->leader_epoch = 3;
    fetch_session session;
    const auto request = ask(session, {a0, partition("a", 1, 6), partition("b", 0, 7)});
    CHECK(request.session_id == 0);
    CHECK(request.session_epoch == 0);
    REQUIRE(request.topics.size() == 2);
    CHECK(request.topics[0].topic == "a");
    CHECK(request.topics[0].topic_id == a0->topic_id);
    REQUIRE(request.topics[0].partitions.size() == 2);
    CHECK(request.topics[0].partitions[0].fetch_offset == 5);
    CHECK(request.topics[0].partitions[0].current_leader_epoch == 3);
    CHECK(request.topics[0].partitions[0].last_fetched_epoch == -1);
    CHECK(request.topics[0].partitions[0].partition_max_bytes == 1000);
    CHECK(request.topics[0].partitions[1].partition == 1);
    CHECK(request.topics[1].topic == "b");
}

TEST_CASE("a request that changes nothing names nothing, and is none where the broker has to be told more") {
    const auto one = partition("a", 0, 5);
    fetch_session session;
    protocol::fetch_request request;
    CHECK_FALSE(session.ask_again(request, by_id));
    CHECK(ask(session, {one}).topics.size() == 1);
    session.on_answer(granted(7));
    // Another way to name topics, a broker without sessions.
    CHECK_FALSE(session.ask_again(request, by_name));
    CHECK_FALSE(session.ask_again(request, 6));
    CHECK(session.by_id());
    for (const int epoch : {1, 2}) {
        REQUIRE(session.ask_again(request, by_id));
        CHECK(request.session_id == 7);
        CHECK(request.session_epoch == epoch);
        CHECK(request.topics.empty());
        CHECK(session.on_answer(granted(7)) == outcome::taken);
        CHECK(session.unanswered().empty());
    }
    // It knows all the while what it has been told.
    REQUIRE(session.ask_again(request, by_id));
    session.on_answer(granted(7));
    CHECK(session.find(topic("a"), 0) != nullptr);
    CHECK(ask(session, {one}).topics.empty());
    session.on_failure();
    CHECK_FALSE(session.ask_again(request, by_id));
}

TEST_CASE("the epoch of what was fetched last goes with the next request", "[F7]") {
    const auto one = partition("a", 0, 0);
    auto batch = make_batch({.value_size = 10});
    const auto frame = frame_of({batch});
    one->buffer.add(frame, *frame, {});
    fetch_session session;
    protocol::fetch_request request;
    session.ask(request, plan_fetch({one}, now, 10'000), by_id, 1000);
    CHECK(request.topics.at(0).partitions.at(0).fetch_offset == one->buffer.fetch_offset());
    CHECK(request.topics.at(0).partitions.at(0).last_fetched_epoch == one->buffer.fetch_epoch());
    CHECK(one->buffer.fetch_epoch() >= 0);
    // Brokers before 2.7 cannot be told.
    fetch_session older;
    protocol::fetch_request without;
    older.ask(without, plan_fetch({one}, now, 10'000), fetch_session::first_with_epochs - 1, 1000);
    CHECK(without.topics.at(0).partitions.at(0).last_fetched_epoch == -1);
    // A seek leads to where nobody has been.
    one->buffer.reset(7);
    CHECK(one->buffer.fetch_epoch() == -1);
}

TEST_CASE("an answer is matched with what its request named, in any order, extras left aside", "[F13]") {
    for (const auto version : {by_name, by_id}) {
        CAPTURE(version);
        const auto a0 = partition("a", 0);
        fetch_session session;
        ask(session, {a0, partition("a", 1), partition("b", 0), partition("b", 1)}, version);
        // Metadata changed meanwhile.
        a0->topic_id.bytes[5] = 9;
        CHECK(session.on_answer(granted(0)) == outcome::taken);
        const auto* const b1 = session.find(topic("b"), 1);
        REQUIRE(b1 != nullptr);
        CHECK(b1->partition->position->name() == topic_partition{"b", 1});
        REQUIRE(session.find(topic("a"), 0) != nullptr);
        CHECK(session.find(topic("a"), 0) == nullptr); // a second time
        CHECK(session.find(topic("z"), 0) == nullptr);
        CHECK(session.find(topic("b"), 9) == nullptr);
        REQUIRE(session.find(topic("b"), 0) != nullptr);
        const auto left = session.unanswered();
        REQUIRE(left.size() == 1);
        CHECK(left[0].partition->position->name() == topic_partition{"a", 1});
    }
}

TEST_CASE("within a session a request names what has changed, and what is no longer wanted") {
    for (const auto version : {by_name, by_id}) {
        CAPTURE(version);
        const auto a0 = partition("a", 0, 5);
        const auto a1 = partition("a", 1, 6);
        const auto b0 = partition("b", 0, 7);
        fetch_session session;
        CHECK(named(ask(session, {a0, a1, b0}, version)).size() == 3);
        session.on_answer(granted(77));
        // Nothing new.
        auto request = ask(session, {a0, a1, b0}, version);
        CHECK(request.session_id == 77);
        CHECK(request.session_epoch == 1);
        CHECK(request.topics.empty());
        CHECK(request.forgotten_topics_data.empty());
        session.on_answer(granted(77));
        CHECK(session.unanswered().empty());
        // One moved on, one has a new leader epoch, one is no longer wanted.
        a0->buffer.reset(9);
        a1->leader_epoch = 4;
        request = ask(session, {a0, a1}, version);
        CHECK(request.session_epoch == 2);
        CHECK(named(request) == std::set<std::pair<std::string, int>>{{"a", 0}, {"a", 1}});
        REQUIRE(request.forgotten_topics_data.size() == 1);
        if (version == by_name) CHECK(request.forgotten_topics_data[0].topic == "b");
        else CHECK(request.forgotten_topics_data[0].topic_id == b0->topic_id);
        CHECK(request.forgotten_topics_data[0].partitions == std::vector<std::int32_t>{0});
        CHECK(session.size() == 2);
        session.on_answer(granted(77));
        // And wanted again.
        request = ask(session, {a0, a1, b0}, version);
        CHECK(named(request) == std::set<std::pair<std::string, int>>{{"b", 0}});
        session.on_answer(granted(77));
        // Given up and taken on anew.
        const auto again = partition("b", 0, 7);
        request = ask(session, {a0, a1, again}, version);
        CHECK(named(request) == std::set<std::pair<std::string, int>>{{"b", 0}});
        CHECK(request.forgotten_topics_data.empty());
        session.on_answer(granted(77));
        REQUIRE(session.find(topic("b"), 0) != nullptr);
        CHECK(session.size() == 3);
    }
}

TEST_CASE("a topic made anew is another one in a session by id") {
    const auto old = partition("a", 0, 5);
    fetch_session session;
    ask(session, {old});
    session.on_answer(granted(7));
    const auto before = old->topic_id;
    old->topic_id.bytes[9] = 1;
    const auto request = ask(session, {old});
    REQUIRE(request.topics.size() == 1);
    CHECK(request.topics[0].topic_id == old->topic_id);
    REQUIRE(request.forgotten_topics_data.size() == 1);
    CHECK(request.forgotten_topics_data[0].topic_id == before);
}

TEST_CASE("a session begins anew after whatever speaks against it", "[F8]") {
    struct row {
        const char* what;
        std::function<void(fetch_session&, const partitions&)> happens;
        outcome last;
        std::int32_t id;
    };
    const auto refused = [](broker_errc error, outcome expected) {
        return [=](fetch_session& session, const partitions&) {
            auto answer = granted(0);
            answer.error_code = static_cast<std::int16_t>(error);
            CHECK(session.on_answer(answer) == expected);
        };
    };
    const std::vector<row> rows{
        {"no answer", [](auto& s, auto&) { s.on_failure(); }, outcome::taken, 7},
        {"not found", refused(broker_errc::fetch_session_id_not_found, outcome::session_lost), outcome::taken,
         0},
        {"epoch", refused(broker_errc::invalid_fetch_session_epoch, outcome::session_lost), outcome::taken,
         7},
        {"ids", refused(broker_errc::fetch_session_topic_id_error, outcome::refused), outcome::taken, 7},
        {"unknown code", refused(static_cast<broker_errc>(999), outcome::refused), outcome::taken, 7},
        {"ended", [](auto& s, auto&) { s.on_answer(granted(0)); }, outcome::taken, 0},
        {"another id", [](auto& s, auto&) { s.on_answer(granted(8)); }, outcome::taken, 7},
        {"what we do not read",
         [](auto& s, auto&) {
             s.on_answer(granted(7));
             CHECK(s.find(topic("z"), 3) == nullptr);
         },
         outcome::taken, 7},
    };
    for (const auto& each : rows) {
        CAPTURE(each.what);
        const partitions which{partition("a", 0, 5), partition("a", 1, 6)};
        fetch_session session;
        ask(session, which);
        session.on_answer(granted(7));
        ask(session, which);
        each.happens(session, which);
        const auto request = ask(session, which);
        CHECK(request.session_epoch == 0);
        CHECK(request.session_id == each.id); // ended by the same request
        CHECK(named(request).size() == 2);
        CHECK(request.forgotten_topics_data.empty());
    }
}

TEST_CASE("from names to ids and back a session begins anew; below version 7 there is none") {
    const partitions which{partition("a", 0, 5)};
    fetch_session session;
    ask(session, which, by_name);
    session.on_answer(granted(7));
    auto request = ask(session, which, by_id);
    CHECK(request.session_epoch == 0);
    CHECK(request.session_id == 7);
    CHECK(named(request).size() == 1);
    session.on_answer(granted(8));
    for (int i = 0; i < 2; ++i) {
        request = ask(session, which, 6);
        CHECK(request.session_id == 0);
        CHECK(request.session_epoch == -1);
        CHECK(named(request).size() == 1);
        CHECK(session.on_answer(granted(0)) == outcome::taken);
        REQUIRE(session.find(topic("a"), 0) != nullptr);
    }
}

TEST_CASE("what a broker remembers is what is wanted, whatever comes and goes") {
    std::mt19937 random{7};
    partitions all;
    for (int i = 0; i < 40; ++i) all.push_back(partition(i % 3 == 0 ? "a" : "b", i));
    fetch_session session;
    std::map<std::pair<std::string, int>, std::int64_t> remembered;
    std::int32_t id = 0;
    std::int32_t epoch = 0;
    for (int round = 0; round < 2000; ++round) {
        partitions wanted;
        for (const auto& each : all) {
            if (random() % 4 == 0) each->buffer.reset(static_cast<std::int64_t>(random() % 5));
            if (random() % 3 != 0) wanted.push_back(each);
        }
        const auto version = random() % 50 == 0 ? by_name : by_id;
        const auto request = ask(session, wanted, version);
        if (request.session_epoch == 0) {
            remembered.clear();
        } else {
            REQUIRE(request.session_id == id);
            REQUIRE(request.session_epoch == epoch);
        }
        for (const auto& each : request.forgotten_topics_data) {
            const std::string name =
                version == by_id ? std::string(1, static_cast<char>(each.topic_id.bytes[0])) : each.topic;
            for (const auto number : each.partitions) REQUIRE(remembered.erase({name, number}) == 1);
        }
        for (const auto& each : request.topics)
            for (const auto& partition : each.partitions)
                remembered[{each.topic, partition.partition}] = partition.fetch_offset;
        std::map<std::pair<std::string, int>, std::int64_t> expected;
        for (const auto& each : wanted)
            expected[{*each->position->topic, each->position->number}] = each->buffer.fetch_offset();
        REQUIRE(remembered == expected);
        if (random() % 40 == 0) {
            session.on_failure();
        } else {
            if (request.session_epoch == 0) id = static_cast<std::int32_t>(random() % 1000) + 1;
            epoch = request.session_epoch == 0 ? 1 : epoch + 1;
            REQUIRE(session.on_answer(granted(id)) == outcome::taken);
        }
    }
}
