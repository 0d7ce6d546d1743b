// SPDX-License-Identifier: BSL-1.0
// The `kasio` command: produce, consume, metadata, and an in-process cluster, with kcat's letters.
#include "settings.hpp"

#include <kasio/testing/broker.hpp>

#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdlib>
#include <iostream>

namespace {

constexpr int usage = 2;

struct raw_options {
    std::string delimiter = "\\n";
    std::string key_delimiter;
    std::vector<std::string> properties;
    std::vector<std::string> headers;
    std::string codec;
    double timeout_seconds = 0;
};

void add_common(CLI::App& app, cli::settings& with, raw_options& raw) {
    app.add_option("-b", with.brokers, "bootstrap brokers, host:port,... (else KAFKA_BROKER, else localhost:9092)");
    app.add_option("-t", with.topic, "topic");
    app.add_option("-X", raw.properties, "property name=value, Java's or librdkafka's")->take_all()->allow_extra_args(false);
    app.add_option("-m", raw.timeout_seconds, "time-out of operations in seconds");
    app.add_flag("-q", with.quiet, "no messages but errors");
    app.add_flag("-v", with.verbosity, "more messages");
}

void add_text(CLI::App& app, cli::settings& with, raw_options& raw) {
    app.add_option("-p", with.partition, "partition; -1: let the partitioner choose");
    app.add_option("-D", raw.delimiter, "record delimiter (\\n)");
    app.add_option("-K", raw.key_delimiter, "key delimiter");
    app.add_option("-c", with.count, "stop after so many records");
    app.add_flag("-Z", with.empty_is_null, "empty means null when producing, null shows as NULL when consuming");
}

void finish(cli::settings& with, const raw_options& raw) {
    with.delimiter = cli::unescaped(raw.delimiter);
    if (with.delimiter.empty()) throw cli::usage_error{"-D: the delimiter is empty"};
    if (!raw.key_delimiter.empty()) with.key_delimiter = cli::unescaped(raw.key_delimiter);
    for (const auto& header : raw.headers) {
        const auto equals = header.find('=');
        if (equals == header.npos) with.headers.emplace_back(header, std::nullopt);
        else with.headers.emplace_back(header.substr(0, equals), header.substr(equals + 1));
    }
    const auto brokers = with.brokers; // flags go before properties
    cli::apply_properties(with, raw.properties);
    if (!brokers.empty()) with.brokers = brokers;
    if (with.brokers.empty()) {
        const char* from_environment = std::getenv("KAFKA_BROKER");
        with.brokers = from_environment ? from_environment : "localhost:9092";
    }
    with.cluster.bootstrap_servers = with.brokers;
    if (raw.timeout_seconds > 0) {
        const auto limit = std::chrono::milliseconds{static_cast<long>(raw.timeout_seconds * 1000)};
        with.cluster.default_timeout = with.producer.max_block = limit;
    }
    if (!raw.codec.empty()) {
        const auto colon = raw.codec.find(':');
        cli::apply_properties(with, {"compression.type=" + raw.codec.substr(0, colon)});
        if (colon != raw.codec.npos) cli::apply_properties(with, {"compression.level=" + raw.codec.substr(colon + 1)});
    }
}

void need_topic(const cli::settings& with) {
    if (with.topic.empty()) throw cli::usage_error{"-t topic is missing"};
}

int run_broker(int nodes, int partitions, const std::vector<std::string>& topics, int port, const std::string& like) {
    kasio::testing::broker_options options;
    options.profile = kasio::testing::version_profile_of(like).value_or(options.profile);
    options.nodes = nodes;
    options.default_partitions = partitions;
    for (int node = 0; port != 0 && node < nodes; ++node) options.ports.push_back(static_cast<std::uint16_t>(port + node));
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, nullptr); // before the cluster's thread starts
    kasio::testing::broker broker{options};
    for (const auto& each : topics) {
        const auto colon = each.rfind(':');
        broker.create_topic(each.substr(0, colon), colon == each.npos ? partitions : std::atoi(each.c_str() + colon + 1));
    }
    std::cout << broker.bootstrap_servers() << std::endl;
    int which = 0;
    sigwait(&signals, &which);
    return 0;
}

std::string version_text() {
    const auto number = kasio::version();
    return "kasio " + std::to_string(number / 10000) + '.' + std::to_string(number / 100 % 100) + '.' +
           std::to_string(number % 100) + " (" + std::string{kasio::features()} + ')';
}

int run(int argc, char** argv) {
    CLI::App app{"kasio: Kafka for Boost.Asio, from the command line"};
    app.require_subcommand(1);
    app.set_version_flag("-V,--version", [] { return version_text(); });
    cli::settings with;
    raw_options raw;

    auto& producing = *app.add_subcommand("produce", "send standard input, a record a line");
    add_common(producing, with, raw);
    add_text(producing, with, raw);
    producing.add_option("-k", with.fixed_key, "key of every record");
    producing.add_option("-H", raw.headers, "header name=value of every record")->take_all()->allow_extra_args(false);
    producing.add_option("-z", raw.codec, "none, gzip, snappy, lz4 or zstd; with a level: zstd:9");

    auto& consuming = *app.add_subcommand("consume", "print records");
    add_common(consuming, with, raw);
    add_text(consuming, with, raw);
    consuming.add_option("-o", with.offset, "beginning, end, N, -N (before the end), s@milliseconds");
    consuming.add_flag("-e", with.exit_at_end, "stop at the end of the partitions");
    consuming.add_option("-f", with.format, "format, as kcat's");
    consuming.add_flag("-J", with.json, "a JSON object a line");
    consuming.add_flag("-u", with.unbuffered, "write each record at once");

    auto& listing = *app.add_subcommand("metadata", "list brokers and topics");
    add_common(listing, with, raw);
    listing.add_flag("-J", with.json, "as JSON");

    auto& serving = *app.add_subcommand("broker", "run an in-process cluster until SIGINT or SIGTERM");
    int nodes = 1;
    int partitions = 4;
    int port = 0;
    std::vector<std::string> topics;
    serving.add_option("-n,--nodes", nodes, "number of nodes")->check(CLI::Range(1, 1000));
    serving.add_option("--partitions", partitions, "partitions of topics made by being used")->check(CLI::Range(1, 100'000));
    serving.add_option("--topic", topics, "topic to create, name or name:partitions")->take_all()->allow_extra_args(false);
    serving.add_option("-p,--port", port, "port of the first node; 0: any")->check(CLI::Range(0, 65535));

    std::string like = "latest";
    serving.add_option("--like", like, "offer what that release of Kafka offers, or Redpanda")
        ->check(CLI::IsMember({"latest", "0.11", "1.1", "2.8", "3.9", "4.4", "redpanda"}));

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error);
        std::cerr << "% ERROR: " << error.what() << std::endl;
        return usage;
    }
    if (serving) return run_broker(nodes, partitions, topics, port, like);
    finish(with, raw);
    if (listing) return cli::list_metadata(with);
    need_topic(with);
    (void)cli::parse_offset(with.offset);
    return consuming ? cli::consume(with) : cli::produce(with);
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const cli::usage_error& error) {
        std::cerr << "% ERROR: " << error.what() << std::endl;
        return usage;
    } catch (const boost::system::system_error& error) {
        // An option that cannot be is the caller's to mend.
        const bool option = error.code() == kasio::errc::invalid_option;
        std::cerr << "% ERROR: " << kasio::error_name(error.code()) << ": " << error.what() << std::endl;
        return option ? usage : 1;
    } catch (const std::exception& error) {
        std::cerr << "% ERROR: " << error.what() << std::endl;
        return 1;
    }
}
