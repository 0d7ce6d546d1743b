// SPDX-License-Identifier: BSL-1.0
// Members by the protocol in which the broker assigns (KIP-848).
#include "component/group/group_fixture.hpp"

using namespace kasio_test;

namespace {

testing::broker_options fast(int nodes = 1) {
    testing::broker_options options;
    options.nodes = nodes;
    options.groups.consumer_heartbeat_interval = 30ms;
    options.groups.consumer_session_timeout = 1s;
    return options;
}

} // namespace

TEST_CASE("automatic takes the new protocol where the broker has it, and shares, commits and leaves") {
    crew with{4, fast()};
    with.fill_all(5);
    auto& first = with.add(member_options(group_protocol::automatic));
    first.start();
    REQUIRE(with.until([&] { return first.values.size() == 20; }));
    CHECK(with.groups.find("g")->type == "consumer");
    CHECK(first.in->group_metadata().generation_id >= 1);
    auto& second = with.add(member_options(group_protocol::consumer));
    second.start();
    REQUIRE(with.until([&] { return with.shared_out() && second.owned.size() == 2; }));
    with.fill_all(5, 5);
    REQUIRE(with.until([&] { return with.unique_values() == 40; }));
    with.close(first);
    REQUIRE(with.until([&] { return with.shared_out(); }));
    with.fill_all(5, 10);
    REQUIRE(with.until([&] { return with.unique_values() == 60; }));
    CHECK(with.values().size() == 60); // each once
    CHECK(first.lost + second.lost == 0);
    with.close(second);
    for (int partition = 0; partition < 4; ++partition) CHECK(with.committed(partition) == 15);
    CHECK(with.groups.find("g")->members.empty());
}

TEST_CASE("a member that is fenced loses all and joins anew, with the same id and nothing owned", "[G7]") {
    for (const auto code : {broker_errc::fenced_member_epoch, broker_errc::unknown_member_id}) {
        crew with{2, fast()};
        auto& only = with.add(member_options(group_protocol::consumer));
        only.start();
        REQUIRE(with.until([&] { return with.shared_out(); }));
        const auto id = only.in->group_metadata().member_id;
        with.broker.fail_next(api::consumer_group_heartbeat, code, 1);
        REQUIRE(with.until([&] { return only.lost == 1; }));
        REQUIRE(with.until([&] { return with.shared_out() && only.assigned >= 2; }));
        CHECK(only.in->group_metadata().member_id == id);
        CHECK(only.was_told(errc::assignment_lost));
    }
}

TEST_CASE("codes to heartbeats: the member is in again, or the poll tells the end", "[G1][G7]") {
    for (const auto code : {broker_errc::not_coordinator, broker_errc::coordinator_load_in_progress,
                            broker_errc::coordinator_not_available, static_cast<broker_errc>(999)}) {
        crew with{2, fast()};
        auto& only = with.add(member_options(group_protocol::consumer));
        with.broker.fail_next(api::consumer_group_heartbeat, code, 2);
        only.start();
        with.fill_all(3);
        REQUIRE(with.until([&] { return only.values.size() == 6; }));
        CHECK(only.lost == 0);
    }
    for (const auto code : {broker_errc::unreleased_instance_id, broker_errc::fenced_instance_id,
                            broker_errc::group_authorization_failed, broker_errc::unsupported_assignor}) {
        crew with{2, fast()};
        auto& only = with.add(member_options(group_protocol::consumer));
        with.broker.fail_next(api::consumer_group_heartbeat, code, 1);
        only.start();
        REQUIRE(with.until([&] { return only.ended.has_value(); }));
        CHECK(*only.ended == code);
    }
}

TEST_CASE("a broker that refuses the new protocol, or has its first version only, gets the classic one",
          "[G8]") {
    {
        auto options = fast();
        options.groups.consumer_protocol = false;
        crew with{2, options};
        auto& only = with.add(member_options(group_protocol::automatic));
        only.start();
        REQUIRE(with.until([&] { return with.shared_out(); }));
        CHECK(with.groups.find("g")->type == "classic");
    }
    crew with{2, fast()};
    with.broker.set_versions(api::consumer_group_heartbeat, 0, 0);
    auto& only = with.add(member_options(group_protocol::automatic));
    only.start();
    REQUIRE(with.until([&] { return with.shared_out(); }));
    CHECK(with.groups.find("g")->type == "classic");
}

TEST_CASE("a group that is of the new kind after all takes an automatic member, which says so", "[G8]") {
    auto slow = fast();
    slow.groups.consumer_heartbeat_interval = 2s;
    slow.groups.consumer_session_timeout = 10s;
    crew with{4, slow};
    auto& first = with.add(member_options(group_protocol::consumer));
    first.start();
    // It has joined, and said what it has taken: the next it says is two seconds away.
    const auto said = [&] { return with.broker.request_count(api::consumer_group_heartbeat); };
    REQUIRE(with.until([&] { return with.shared_out() && said() >= 2; }));
    // As while a cluster is being upgraded: refused once, to whoever asks next, and offered then.
    with.broker.fail_next(api::consumer_group_heartbeat, broker_errc::unsupported_version, 1);
    with.broker.fail_next(api::join_group, broker_errc::inconsistent_group_protocol, 1);
    auto& second = with.add(member_options(group_protocol::automatic));
    second.start();
    REQUIRE(with.until([&] { return with.broker.request_count(api::join_group) != 0; }));
    REQUIRE(with.until([&] { return with.shared_out() && second.owned.size() == 2; }));
    CHECK(with.broker.request_count(api::join_group) == 1);
    CHECK(second.was_told(broker_errc::inconsistent_group_protocol));
    CHECK_FALSE(second.ended);
}

TEST_CASE("a live group moves from one protocol to the other and back, each record given once", "[G5][G8]") {
    crew with{4, fast()};
    auto cooperative = member_options(group_protocol::classic);
    cooperative.assignors = {cooperative_sticky_assignor()};
    int filled = 0;
    const auto flows = [&] {
        with.fill_all(5, filled);
        filled += 5;
        return with.until([&] { return with.unique_values() == static_cast<std::size_t>(4 * filled); });
    };
    auto& first = with.add(cooperative);
    first.start();
    REQUIRE(with.until([&] { return with.shared_out(); }));
    REQUIRE(flows());
    CHECK(with.groups.find("g")->type == "classic");

    auto& third = with.add(member_options(group_protocol::consumer));
    third.start();
    REQUIRE(with.until([&] { return with.shared_out() && third.owned.size() == 2; }));
    CHECK(with.groups.find("g")->type == "consumer");
    CHECK(with.groups.find("g")->members.size() == 2);
    REQUIRE(flows());
    // One of the older kind comes while members of both are there.
    auto& fourth = with.add(cooperative);
    fourth.start();
    REQUIRE(with.until([&] { return with.shared_out() && !fourth.owned.empty(); }));
    REQUIRE(flows());
    with.close(first);
    REQUIRE(with.until([&] { return with.shared_out(); }));
    REQUIRE(flows());
    with.close(third);
    REQUIRE(with.until([&] { return with.shared_out() && with.groups.find("g")->type == "classic"; }));
    REQUIRE(flows());
    CHECK(with.values().size() == static_cast<std::size_t>(4 * filled));
    CHECK(first.lost + third.lost + fourth.lost == 0);
    with.close(fourth);
    for (int partition = 0; partition < 4; ++partition) CHECK(with.committed(partition) == filled);
}

TEST_CASE("the broker matches a regular expression, and takes a named assignor") {
    crew with{1, fast()};
    with.broker.create_topic("orders-1", 2);
    with.broker.create_topic("orders-2", 2);
    auto options = member_options(group_protocol::consumer);
    options.remote_assignor = "range";
    auto& only = with.add(options);
    only.in->subscribe(topic_pattern{"orders-.*"});
    only.poll();
    REQUIRE(with.until([&] { return only.owned.size() == 4; }));
    CHECK(with.groups.find("g")->protocol == "range");
    only.in->subscribe("t");
    const owned_set other{{"t", 0}};
    REQUIRE(with.until([&] { return only.owned == other; }));
}

TEST_CASE("the coordinator moves and dies under members by epoch; reading goes on", "[G2]") {
    crew with{4, fast(3)};
    auto& only = with.add(member_options(group_protocol::consumer));
    only.start();
    REQUIRE(with.until([&] { return with.shared_out(); }));
    with.groups.move_coordinator("g", with.groups.coordinator("g") % 3 + 1);
    with.fill_all(5);
    REQUIRE(with.until([&] { return with.unique_values() == 20; }));
    with.broker.kill_node(with.groups.coordinator("g"));
    with.fill_all(5, 5);
    REQUIRE(with.until([&] { return with.unique_values() == 40 && with.shared_out(); }));
    const auto begun = std::chrono::steady_clock::now();
    with.broker.drop_next(api::consumer_group_heartbeat, 1000);
    with.close(only, 300ms);
    CHECK(std::chrono::steady_clock::now() - begun < 900ms);
}

TEST_CASE("who does not poll is out, by epoch too, and in again with the next poll", "[G3]") {
    crew with{1, fast()};
    with.fill_all(10);
    auto options = member_options(group_protocol::consumer);
    options.max_poll_interval = 300ms;
    options.max_poll_records = 5;
    auto& slow = with.add(options);
    slow.stopped = true;
    slow.start();
    REQUIRE(with.until([&] { return slow.values.size() == 5; }));
    REQUIRE(with.until([&] { return slow.lost == 1; }));
    slow.stopped = false;
    slow.poll();
    REQUIRE(with.until([&] { return slow.was_told(errc::poll_overdue) && slow.values.size() == 15; }));
}

TEST_CASE("an idle member by epoch costs one heartbeat an interval, and its close is short") {
    std::chrono::steady_clock::duration shortest = std::chrono::hours{1};
    for (int round = 0; round < 3; ++round) {
        crew with{4, fast()};
        with.fill_all(5);
        auto& only = with.add(member_options(group_protocol::consumer));
        only.start();
        REQUIRE(with.until([&] { return only.values.size() == 20 && with.committed(3) == 5; }));
        with.io.restart();
        with.io.run_for(100ms);
        with.broker.clear_requests();
        const auto begun = std::chrono::steady_clock::now();
        with.io.restart();
        with.io.run_for(300ms);
        const auto most = static_cast<std::size_t>((std::chrono::steady_clock::now() - begun) / 30ms) + 1;
        const auto beats = with.broker.request_count(api::consumer_group_heartbeat);
        CHECK(beats >= 2);
        CHECK(beats <= most);
        CHECK(with.broker.request_count() == beats + with.broker.request_count(api::fetch));
        with.fill_all(1, 5);
        REQUIRE(with.until([&] { return only.values.size() == 24; }));
        const auto end = std::chrono::steady_clock::now();
        with.close(only);
        shortest = std::min(shortest, std::chrono::steady_clock::now() - end);
        CHECK(with.committed(3) == 6);
        CHECK(with.groups.find("g")->members.empty());
    }
    CHECK(shortest < 100ms); // the best of three: the machine may be busy
}
