// SPDX-License-Identifier: BSL-1.0
// Who is let in, and what those are told who are not.
#include "sasl_fixture.hpp"

#include "security/scram.hpp"
#include "support/raw_peer.hpp"

#include <kasio/cluster.hpp>

#include <ctime>

using namespace kasio_test;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using testing::api;
using testing::version_profile;

namespace {

constexpr sasl_mechanism with_password[] = {sasl_mechanism::plain, sasl_mechanism::scram_sha_256,
                                            sasl_mechanism::scram_sha_512};

testing::request_action edited(std::function<void(std::string&)> edit) {
    testing::request_action action;
    action.edit_answer = std::move(edit);
    return action;
}

/// The processor's time that this thread has used.
std::chrono::nanoseconds used() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

} // namespace

TEST_CASE(
    "every mechanism lets in, with tokens in SaslAuthenticate and, before Kafka 1.0, without a header") {
    testing::broker broker{behind(doorkeeper())};
    for (const auto profile :
         {version_profile::kafka_0_11, version_profile::kafka_1_1, version_profile::latest}) {
        broker.set_profile(profile);
        broker.clear_requests();
        for (const auto mechanism : with_password)
            CHECK_FALSE(log_in(broker.port(1), alice(mechanism)).error);
        CHECK_FALSE(log_in(broker.port(1), bearer(always("good.token"))).error);
        const auto handshakes = broker.requests(api::sasl_handshake);
        REQUIRE(handshakes.size() == 4);
        CHECK(handshakes[0].version == (profile == version_profile::kafka_0_11 ? 0 : 1));
        for (const auto& token : broker.requests(api::sasl_authenticate))
            CHECK((token.version == -1) == (profile == version_profile::kafka_0_11));
    }
}

TEST_CASE("names and passwords may hold what the mechanisms mean something by") {
    testing::broker broker{behind(doorkeeper())};
    for (const auto mechanism : with_password) {
        auto options = alice(mechanism);
        options.sasl.username = "a,b=c";
        options.sasl.password = "p,=w";
        CHECK_FALSE(log_in(broker.port(1), options).error);
    }
}

TEST_CASE("a wrong password and an unknown user are refused in the broker's words", "[A1]") {
    testing::broker broker{behind(doorkeeper())};
    for (const auto mechanism : with_password) {
        for (const bool known : {true, false}) {
            auto options = alice(mechanism);
            if (known) options.sasl.password = "whoever";
            else options.sasl.username = "whoever";
            const auto found = log_in(broker.port(1), options);
            CHECK(found.error == errc::authentication_failed);
            CHECK_THAT(found.text,
                       Contains("the broker refused: ") && Contains("nvalid") && Contains("127.0.0.1:"));
            CHECK_THAT(found.text, !Contains("whoever") && !Contains("wonderland"));
        }
    }
    const auto found = log_in(broker.port(1), bearer(always("bad.token")));
    CHECK(found.error == errc::authentication_failed);
    CHECK_THAT(found.text, Contains("{\"status\":\"invalid_token\"}") && !Contains("bad.token"));
}

TEST_CASE("a broker before Kafka 1.0 refuses by hanging up, which is told as what it may be", "[A1][C3]") {
    testing::broker broker{behind(doorkeeper())};
    broker.set_profile(version_profile::kafka_0_11);
    for (const auto mechanism : with_password) {
        auto options = alice(mechanism);
        options.sasl.password = "whoever";
        const auto found = log_in(broker.port(1), options);
        CHECK(found.error == errc::connection_lost);
        CHECK_THAT(found.text, Contains("during authentication"));
    }
}

TEST_CASE("a mechanism that is not offered is named together with those that are", "[A1]") {
    auto sasl = doorkeeper();
    sasl.mechanisms = {"GSSAPI", "SCRAM-SHA-512"};
    testing::broker broker{behind(sasl)};
    const auto profile = GENERATE(version_profile::latest, version_profile::kafka_0_11);
    broker.set_profile(profile);
    const auto found = log_in(broker.port(1), alice(sasl_mechanism::scram_sha_256));
    CHECK(found.error == errc::authentication_failed);
    CHECK_THAT(found.text, Contains("does not offer SCRAM-SHA-256, but: GSSAPI, SCRAM-SHA-512"));
}

TEST_CASE("a port that takes no SASL, or nothing but, is named", "[A1]") {
    testing::broker open{testing::broker_options{}};
    const auto found = log_in(open.port(1), alice(sasl_mechanism::plain));
    CHECK(found.error == errc::authentication_failed);
    CHECK_THAT(found.text, Contains("takes no SASL"));
    open.set_versions(api::sasl_handshake, 1, 0);
    CHECK_THAT(log_in(open.port(1), alice(sasl_mechanism::plain)).text,
               Contains("does not know SaslHandshake"));
    // Kafka hangs up on whoever does not say who it is.
    testing::broker closed{behind(doorkeeper())};
    CHECK(log_in(closed.port(1), cluster_options{}).error == errc::connection_lost);
}

TEST_CASE("secrets that could be read on the way are not sent without TLS unless asked for", "[A1]") {
    testing::broker broker{behind(doorkeeper())};
    auto plain = alice(sasl_mechanism::plain);
    auto token = bearer(always("good.token"));
    for (auto* options : {&plain, &token}) {
        options->sasl.allow_plaintext = false;
        const auto found = log_in(broker.port(1), *options);
        CHECK(found.error == errc::invalid_option);
        CHECK_THAT(found.text, Contains("SASL_PLAINTEXT"));
    }
    CHECK(broker.accepted_count() == 0);
    auto scram = alice(sasl_mechanism::scram_sha_256);
    scram.sasl.allow_plaintext = false;
    CHECK_FALSE(log_in(broker.port(1), scram).error);
    for (const auto mechanism : with_password) {
        auto nobody = alice(mechanism);
        nobody.sasl.password = "";
        CHECK(log_in(broker.port(1), nobody).error == errc::invalid_option);
    }
    CHECK(log_in(broker.port(1), bearer({})).error == errc::invalid_option);
}

TEST_CASE("a broker that asks for too much or too little hashing is refused before any", "[A2]") {
    auto sasl = doorkeeper();
    for (const std::uint32_t rounds : {2'147'483'647U, 65'537U, 4'095U, 1U}) {
        sasl.scram_iterations = rounds;
        testing::broker broker{behind(sasl)};
        const auto start = used();
        const auto found = log_in(broker.port(1), alice(sasl_mechanism::scram_sha_512));
        CHECK(found.error == errc::authentication_failed);
        CHECK_THAT(found.text, Contains(std::to_string(rounds) + " iterations"));
        CHECK(used() - start < 500ms);
        CHECK(broker.request_count(api::sasl_authenticate) == 1);
    }
}

TEST_CASE("hashing lets others run between its slices", "[A2]") {
    auto sasl = doorkeeper();
    sasl.scram_iterations = 65'536;
    testing::broker broker{behind(sasl)};
    live_session one{alice(sasl_mechanism::scram_sha_512)};
    std::optional<error_code> done;
    one.line->connect("127.0.0.1", broker.port(1), [&](error_code error) { done = error; });
    std::size_t turns = 0;
    while (!done) turns += one.io.run_one_for(5s);
    CHECK_FALSE(*done);
    // One for each slice at least; how long one takes is said in security/scram.hpp.
    CHECK(turns >= sasl.scram_iterations / scram_rounds_per_slice);
}

TEST_CASE("a broker that cannot prove that it knows the secret gets nothing more", "[A3]") {
    testing::broker broker{behind(doorkeeper())};
    testing::request_action as_usual;
    as_usual.throttle_time = 1ms;
    const std::function<void(std::string&)> damages[] = {
        [](std::string& frame) { frame[frame.find("v=") + 2] ^= 1; },
        [](std::string& frame) { frame[frame.find("v=")] = 'w'; },
        [](std::string& frame) { frame.replace(frame.find("v="), 4, "e=ot"); },
    };
    for (const auto& damage : damages) {
        broker.clear_requests();
        broker.next(api::sasl_authenticate, as_usual);
        broker.next(api::sasl_authenticate, edited(damage));
        const auto found = log_in(broker.port(1), alice(sasl_mechanism::scram_sha_256));
        const bool says_e = &damage == &damages[2];
        CHECK(found.error == (says_e ? errc::authentication_failed : errc::server_proof_invalid));
        CHECK(broker.request_count(api::sasl_authenticate) == 2);
        CHECK(broker.request_count(api::metadata) == 0);
    }
    // Another nonce than one that begins with ours.
    broker.clear_requests();
    broker.next(api::sasl_authenticate, edited([](std::string& frame) { frame[frame.find("r=") + 2] ^= 1; }));
    CHECK(log_in(broker.port(1), alice(sasl_mechanism::scram_sha_256)).error == errc::server_proof_invalid);
    CHECK(broker.request_count(api::sasl_authenticate) == 1);
}

TEST_CASE("codes that the broker invents for the authentication end it with that code", "[A1]") {
    testing::broker broker{behind(doorkeeper())};
    for (const auto which : {api::sasl_handshake, api::sasl_authenticate}) {
        broker.fail_next(which, broker_errc::coordinator_load_in_progress);
        CHECK(log_in(broker.port(1), alice(sasl_mechanism::plain)).error ==
              broker_errc::coordinator_load_in_progress);
        broker.fail_next(which, broker_errc::illegal_sasl_state);
        CHECK(log_in(broker.port(1), alice(sasl_mechanism::plain)).error == errc::authentication_failed);
        broker.next(which, edited([](std::string& frame) { frame.resize(9), frame[3] = 5; }));
        CHECK(log_in(broker.port(1), alice(sasl_mechanism::plain)).error == errc::malformed_response);
    }
}

TEST_CASE("a broker that falls silent during the authentication ends it at the set-up's time-out", "[C2]") {
    testing::broker broker{behind(doorkeeper())};
    auto options = alice(sasl_mechanism::scram_sha_256);
    options.connect_timeout = 200ms;
    for (const auto which : {api::sasl_handshake, api::sasl_authenticate}) {
        broker.drop_next(which);
        const auto found = log_in(broker.port(1), options);
        CHECK(found.error == errc::connect_timed_out);
        CHECK_THAT(found.text, Contains("authenticating with 127.0.0.1"));
    }
}

TEST_CASE("who is refused is told so at once, and the node is left alone", "[A1]") {
    testing::broker broker{behind(doorkeeper())};
    asio::io_context io;
    auto options = alice(sasl_mechanism::scram_sha_512);
    options.bootstrap_servers = broker.bootstrap_servers();
    options.sasl.password = "whoever";
    options.reconnect_backoff = 1ms;
    options.reconnect_backoff_max = 60s;
    cluster kafka{io.get_executor(), options};
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i != 5; ++i) {
        std::optional<error_code> found;
        kafka.async_metadata("", [&](error_code error, const cluster_metadata&) { found = error; });
        REQUIRE(run_until(io, [&] { return found.has_value(); }));
        CHECK(*found == errc::authentication_failed);
    }
    CHECK(std::chrono::steady_clock::now() - start < 30s);
    CHECK(broker.accepted_count() == 1);
    CHECK_THAT(kafka.last_failure().text, Contains("invalid credentials"));
}

TEST_CASE("closing ends the authentication whatever step it has reached", "[L1]") {
    testing::broker broker{behind(doorkeeper())};
    for (int steps = 0; steps != 20; ++steps) {
        live_session one{alice(sasl_mechanism::scram_sha_256)};
        int calls = 0;
        error_code ended;
        one.line->connect("127.0.0.1", broker.port(1), [&](error_code error) {
            ++calls;
            ended = error;
        });
        for (int i = 0; i != steps && calls == 0; ++i) one.io.run_one_for(2s);
        const bool was_open = calls != 0;
        one.line->close(errc::closed);
        CHECK(drain(one.io));
        CHECK(calls == 1);
        CHECK(ended == (was_open ? error_code{} : error_code{errc::closed}));
    }
}

TEST_CASE("an execution context that is destroyed takes all handlers with it, at any step of SASL", "[L4]") {
    testing::broker broker{behind(doorkeeper())};
    for (int steps = 0; steps != 20; ++steps) {
        const auto owned = std::make_shared<int>(0);
        std::weak_ptr<session> seen;
        {
            asio::io_context io{1};
            const serial_executor strand{asio::make_strand(io.get_executor())};
            const auto line = session::create(strand, alice(sasl_mechanism::scram_sha_256));
            seen = line;
            line->connect("127.0.0.1", broker.port(1), [owned](error_code) { ++*owned; });
            for (int i = 0; i != steps; ++i) io.run_one_for(20ms);
        }
        CHECK(owned.use_count() == 1);
        CHECK(seen.expired());
    }
}
