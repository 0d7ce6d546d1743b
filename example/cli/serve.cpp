// SPDX-License-Identifier: BSL-1.0
#include "serve.hpp"

#include "arguments.hpp"
#include "certificates.hpp"
#include "output.hpp"
#include "usage_error.hpp"

#include <kasio/testing/broker.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>

namespace cli {

namespace {

struct wanted_cluster {
    int nodes = 1;
    int partitions = 4;
    int port = 0;
    std::vector<std::string> topics;
    std::string like = "latest";
    std::string tls_folder;
    bool ask_clients = false;
    std::vector<std::string> sasl;
};

void write_private(const std::filesystem::path& path, const std::string& text) {
    std::ofstream file{path, std::ios::binary | std::ios::trunc};
    // Before anything is in it: it may hold a key.
    std::filesystem::permissions(path,
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    file << text << std::flush;
    if (!file) throw std::runtime_error{"cannot write '" + path.string() + "'"};
}

/// Whom clients trust, and who a client may be, go to files.
kasio::testing::broker_tls set_up_tls(const wanted_cluster& wanted) {
    kasio::testing::broker_tls tls;
    if (wanted.tls_folder.empty()) return tls;
    const std::filesystem::path folder{wanted.tls_folder};
    std::filesystem::create_directories(folder);
    const auto made = make_certificates();
    write_private(folder / "ca.pem", made.authority);
    write_private(folder / "client.pem", made.client);
    tls.certificate_pem = made.server;
    tls.private_key_pem = made.server_key;
    if (wanted.ask_clients) tls.client_ca_pem = made.authority;
    return tls;
}

/// `scram-sha-256:user:password`, `oauthbearer` for tokens that nobody signed, `oauthbearer:token`.
kasio::testing::broker_sasl set_up_sasl(const wanted_cluster& wanted) {
    kasio::testing::broker_sasl sasl;
    for (const auto& each : wanted.sasl) {
        const auto colon = each.find(':');
        auto mechanism = each.substr(0, colon);
        for (auto& letter : mechanism)
            letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
        const bool tokens = mechanism == "OAUTHBEARER";
        if (!tokens && mechanism != "PLAIN" && mechanism != "SCRAM-SHA-256" && mechanism != "SCRAM-SHA-512")
            throw usage_error{"--sasl: '" + mechanism + "' is no mechanism that the cluster has"};
        if (std::count(sasl.mechanisms.begin(), sasl.mechanisms.end(), mechanism) == 0)
            sasl.mechanisms.push_back(mechanism);
        const auto rest = colon != each.npos ? each.substr(colon + 1) : std::string{};
        const auto second = rest.find(':');
        if (tokens && rest.empty()) sasl.accept_unsecured_tokens = true;
        else if (tokens) sasl.tokens.push_back(rest);
        else if (second == rest.npos || second == 0)
            throw usage_error{"--sasl " + mechanism + " wants :user:password"};
        else sasl.users.emplace_back(rest.substr(0, second), rest.substr(second + 1));
    }
    return sasl;
}

void create_topic(kasio::testing::broker& broker, std::string_view text, int partitions) {
    const auto colon = text.rfind(':');
    if (colon != text.npos) {
        const auto number = text.substr(colon + 1);
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), partitions);
        if (error != std::errc{} || end != number.data() + number.size() || partitions < 1 ||
            partitions > 100'000) {
            throw usage_error{"--topic '" + std::string{text} + "' is not name:partitions"};
        }
    }
    broker.create_topic(text.substr(0, colon), partitions);
}

int run(const wanted_cluster& wanted) {
    if (wanted.port != 0 && wanted.port + wanted.nodes - 1 > 65535)
        throw usage_error{"-p: there are not so many ports"};
    kasio::testing::broker_options options;
    options.nodes = wanted.nodes;
    options.default_partitions = wanted.partitions;
    options.profile = kasio::testing::version_profile_of(wanted.like).value_or(options.profile);
    options.tls = set_up_tls(wanted);
    options.sasl = set_up_sasl(wanted);
    for (int node = 0; wanted.port != 0 && node < wanted.nodes; ++node) {
        options.ports.push_back(static_cast<std::uint16_t>(wanted.port + node));
    }
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, nullptr); // before the cluster's thread starts
    kasio::testing::broker broker{options};
    for (const auto& each : wanted.topics) create_topic(broker, each, wanted.partitions);
    output out;
    out.pending() = broker.bootstrap_servers() + '\n';
    out.flush();
    int which = 0;
    sigwait(&signals, &which);
    return 0;
}

} // namespace

int serve(std::vector<std::string> words) {
    CLI::App app{"run an in-process cluster until SIGINT or SIGTERM; the first line is its bootstrap list",
                 "kasio broker"};
    wanted_cluster wanted;
    app.set_help_flag("-h,--help", "print this and do nothing");
    app.add_option("-n,--nodes", wanted.nodes, "number of nodes")->check(CLI::Range(1, 1000));
    app.add_option("--partitions", wanted.partitions, "partitions of topics made by being used")
        ->check(CLI::Range(1, 100'000));
    app.add_option("--topic", wanted.topics, "topic to create, name or name:partitions")
        ->take_all()
        ->allow_extra_args(false);
    app.add_option("-p,--port", wanted.port, "port of the first node; 0: any")->check(CLI::Range(0, 65535));
    app.add_option("--like,--as", wanted.like, "offer what that release of Kafka offers, or Redpanda")
        ->check(CLI::IsMember({"latest", "0.11", "1.1", "2.8", "3.9", "4.4", "redpanda"}));
    app.add_option("--tls", wanted.tls_folder, "speak TLS; writes ca.pem and client.pem into this folder");
    app.add_flag("--mtls", wanted.ask_clients,
                 "with --tls: clients must show a certificate, such as client.pem")
        ->needs("--tls");
    app.add_option("--sasl", wanted.sasl,
                   "whom to let in: plain:user:password, scram-sha-256:..., scram-sha-512:..., oauthbearer")
        ->take_all()
        ->allow_extra_args(false);
    std::reverse(words.begin(), words.end());
    try {
        app.parse(std::move(words));
    } catch (const CLI::CallForHelp&) {
        output out;
        out.pending() = app.help();
        out.flush();
        return 0;
    } catch (const CLI::ParseError& error) {
        throw usage_error{error.what()};
    }
    return run(wanted);
}

} // namespace cli
