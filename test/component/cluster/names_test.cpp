// SPDX-License-Identifier: BSL-1.0
// What host names stand for, and what happens when that changes or is wrong.
#include "inside.hpp"

#include "net/name_service.hpp"
#include "support/raw_peer.hpp"

#include <kasio/connection.hpp>
#include <kasio/observer.hpp>

#include <boost/asio/post.hpp>

#include <map>
#include <string>
#include <vector>

using namespace kasio_test;
using boost::asio::ip::tcp;

namespace {

/// What all names of a context stand for, and who asked.
struct name_table {
    /// Of each look-up the next, the last again and again; no address: not found.
    std::map<std::string, std::vector<name_service::endpoints>> hosts;
    std::string canonical;
    std::vector<address_family> asked;
    std::size_t reverse = 0;
};

class scripted_names final : public name_service {
public:
    scripted_names(const serial_executor& executor, name_table& table) : executor_{executor}, table_{table} {}
    void look_up(const std::string& host, std::uint16_t, address_family family,
                 addresses_handler done) override {
        table_.asked.push_back(family);
        auto& answers = table_.hosts[host];
        endpoints found = answers.empty() ? endpoints{} : answers.front();
        if (answers.size() > 1) answers.erase(answers.begin());
        const error_code error = found.empty() ? error_code{asio::error::host_not_found} : error_code{};
        asio::post(executor_, [error, found = std::move(found), done = std::move(done)]() mutable {
            done(error, std::move(found));
        });
    }
    void name_of(const tcp::endpoint&, name_handler done) override {
        ++table_.reverse;
        const error_code error =
            table_.canonical.empty() ? error_code{asio::error::host_not_found} : error_code{};
        asio::post(executor_, [error, name = table_.canonical, done = std::move(done)]() mutable {
            done(error, std::move(name));
        });
    }
    void cancel() override {}

private:
    const serial_executor executor_;
    name_table& table_;
};

/// From now on names in `io` are those of the table, which must live longer.
void use(asio::io_context& io, name_table& table) {
    use_names(io, [&table](const serial_executor& executor) {
        return std::make_unique<scripted_names>(executor, table);
    });
}

tcp::endpoint local(std::uint16_t port) { return {asio::ip::address_v4::loopback(), port}; }

struct back_offs final : observer {
    void on_back_off(std::int32_t, const error_code&, std::chrono::nanoseconds) noexcept override { ++count; }
    int count = 0;
};

} // namespace

TEST_CASE("a name that is not found at first is looked up again until it is", "[C15]") {
    testing::broker broker;
    name_table names;
    names.hosts["kafka.test"] = {{}, {}, {}, {local(broker.port(1))}};
    auto options = quick("kafka.test:9092");
    options.default_timeout = 5s;
    const auto seen = std::make_shared<back_offs>();
    options.observer = seen;
    inside one{options};
    use(one.io, names);
    CHECK_FALSE(ask(one.io, *one.kafka).error);
    CHECK(names.asked.size() == 4);
    CHECK(seen->count == 3);
    one.close();
}

TEST_CASE("a name that is never found ends at the deadline with what the resolver said", "[C15]") {
    name_table names;
    inside one{quick("kafka.test:9092")};
    use(one.io, names);
    asked got;
    const auto taken = time_of([&] { got = ask(one.io, *one.kafka); });
    CHECK(got.error == errc::host_not_found);
    CHECK(taken >= 700ms);
    const auto failed = one.kafka->last_failure();
    CHECK(failed.code == errc::host_not_found);
    CHECK(failed.text.find("kafka.test") != std::string::npos);
    CHECK(failed.text.find(error_code{asio::error::host_not_found}.message()) != std::string::npos);
    // With pauses that grow from 5 to 50 ms, not as fast as it can.
    CHECK(names.asked.size() >= 4);
    CHECK(names.asked.size() <= 160);
    one.close();
}

TEST_CASE("a name whose addresses change is followed to the new ones", "[C15]") {
    testing::broker first;
    testing::broker second;
    name_table names;
    names.hosts["kafka.test"] = {{local(first.port(1))}, {local(second.port(1))}};
    asio::io_context io;
    use(io, names);
    connection alone{io.get_executor(), quick("unused:1")};
    for (auto* const each : {&first, &second}) {
        ending got;
        alone.async_connect("kafka.test", 9092, got.handler());
        REQUIRE(run_until(
            io, [&] { return got.times == 1; }, 5s));
        CHECK_FALSE(got.error);
        CHECK(each->connection_count() == 1);
        each->close_connections();
        REQUIRE(run_until(
            io, [&] { return alone.state() == connection_state::closed; }, 5s));
    }
}

TEST_CASE("all addresses of a name are tried in one round, families in turn", "[C15]") {
    testing::broker broker;
    const refusing_port nobody;
    const tcp::endpoint broken{asio::ip::address_v6::loopback(), nobody.port()};
    name_table names;
    names.hosts["kafka.test"] = {{broken, broken, local(nobody.port()), local(broker.port(1))}};
    const auto seen = std::make_shared<back_offs>();
    auto options = quick("kafka.test:9092");
    options.observer = seen;
    inside one{options};
    use(one.io, names);
    CHECK_FALSE(ask(one.io, *one.kafka).error);
    CHECK(names.asked.size() == 1);
    CHECK(seen->count == 0);
    one.close();
}

TEST_CASE("only addresses of the family that was asked for are used", "[C15]") {
    testing::broker broker;
    const auto family = GENERATE(address_family::v4, address_family::v6);
    auto options = quick(broker.bootstrap_servers());
    options.address_family = family;
    SECTION("of a name") {
        name_table names;
        names.hosts["kafka.test"] = {{local(broker.port(1))}};
        options.bootstrap_servers = "kafka.test:9092";
        inside one{options};
        use(one.io, names);
        (void)ask(one.io, *one.kafka);
        REQUIRE_FALSE(names.asked.empty());
        CHECK(names.asked.front() == family);
        one.close();
    }
    SECTION("of an address") {
        inside one{options};
        const auto got = ask(one.io, *one.kafka);
        CHECK(got.error == (family == address_family::v4 ? error_code{} : error_code{errc::host_not_found}));
        one.close();
    }
}

TEST_CASE("a bootstrap server may be asked for by the name of its address", "[C15]") {
    testing::broker broker;
    name_table names;
    names.hosts["alias.test"] = {{local(broker.port(1))}};
    const std::string name = GENERATE("kafka-1.test", "");
    names.canonical = name;
    struct peers final : observer {
        void on_connect(const observed_line& line, std::chrono::nanoseconds) noexcept override {
            seen.emplace_back(line.peer);
        }
        std::vector<std::string> seen;
    };
    auto seen = std::make_shared<peers>();
    auto options = quick("alias.test:9092");
    options.dns_lookup = dns_lookup::resolve_canonical_bootstrap_servers_only;
    options.observer = seen;
    inside one{options};
    use(one.io, names);
    CHECK_FALSE(ask(one.io, *one.kafka).error);
    REQUIRE_FALSE(seen->seen.empty());
    // An address without a name is its own.
    CHECK(seen->seen.front() == "alias.test:9092 (" + (name.empty() ? "127.0.0.1" : name) +
                                    ", 127.0.0.1:" + std::to_string(broker.port(1)) + ")");
    // Nodes told their names themselves.
    ending got;
    one.on_strand([&](cluster_core& core) {
        request_routed(core.shared_from_this(), {.to = route::kind::node, .node = 1}, about_nothing(),
                       steady_clock::now() + 2s, got.handler());
    });
    REQUIRE(run_until(
        one.io, [&] { return got.times == 1; }, 3s));
    CHECK(got.error == no_error);
    REQUIRE(seen->seen.size() == 2);
    CHECK(seen->seen.back() == "127.0.0.1:" + std::to_string(broker.port(1)));
    CHECK(names.reverse == 1);
    one.close();
}
