// SPDX-License-Identifier: BSL-1.0
#include "sasl_fixture.hpp"

#include <kasio/messages/metadata.hpp>

namespace kasio_test {

using namespace std::chrono_literals;

testing::broker_sasl doorkeeper() {
    testing::broker_sasl sasl;
    sasl.mechanisms = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"};
    sasl.users = {{"alice", "wonderland"}, {"a,b=c", "p,=w"}};
    sasl.tokens = {"good.token"};
    return sasl;
}

testing::broker_options behind(testing::broker_sasl sasl, int nodes) {
    testing::broker_options options;
    options.nodes = nodes;
    options.sasl = std::move(sasl);
    return options;
}

cluster_options alice(sasl_mechanism mechanism) {
    cluster_options options;
    options.sasl.mechanism = mechanism;
    options.sasl.allow_plaintext = true;
    options.sasl.username = "alice";
    options.sasl.password = "wonderland";
    return options;
}

cluster_options bearer(token_source source) {
    cluster_options options;
    options.sasl.mechanism = sasl_mechanism::oauthbearer;
    options.sasl.allow_plaintext = true;
    options.sasl.token_source = std::move(source);
    return options;
}

token_source always(std::string token) {
    return [token = std::move(token)](asio::any_completion_handler<void(error_code, oauth_token)> handler) {
        std::move(handler)(error_code{}, oauth_token{token});
    };
}

live_session::live_session(const cluster_options& options) : line{session::create(strand, options)} {}

live_session::~live_session() {
    line->close(errc::closed);
    CHECK(drain(io));
    CHECK(line.use_count() == 1);
}

attempt live_session::connect(std::uint16_t port) {
    std::optional<error_code> done;
    line->connect("127.0.0.1", port, [&](error_code error) {
        CHECK_FALSE(done);
        done = error;
    });
    REQUIRE(run_until(
        io, [&] { return done.has_value(); }, 30s));
    return {*done, line->cause_text()};
}

std::shared_ptr<std::optional<error_code>> live_session::ask() {
    auto ended = std::make_shared<std::optional<error_code>>();
    send_typed(*line, protocol::metadata_request{}, steady_clock::now() + 20s,
               [ended](error_code error, protocol::metadata_response) {
                   CHECK_FALSE(*ended);
                   *ended = error;
               });
    return ended;
}

attempt log_in(std::uint16_t port, const cluster_options& options) {
    live_session one{options};
    auto found = one.connect(port);
    if (found.error) return found;
    const auto ended = one.ask();
    REQUIRE(run_until(one.io, [&] { return ended->has_value(); }));
    return {**ended, one.line->cause_text()};
}

} // namespace kasio_test
