// SPDX-License-Identifier: BSL-1.0
// kcat's letters. A mode is a word in front (`produce`) or a letter anywhere (`-P`); each mode knows its own
// letters.
#include "arguments.hpp"

#include "property_sources.hpp"
#include "text.hpp"
#include "usage_error.hpp"

#include <CLI/CLI.hpp>

#include <unistd.h>
#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace cli {

namespace {

/// As they were written; what they mean depends on each other.
struct raw_options {
    std::string brokers;
    std::vector<std::string> topics;
    std::string partitions;
    std::string delimiter = "\\n";
    std::string key_delimiter;
    property_sources sources;
    std::vector<std::string> headers;
    std::vector<std::string> offsets;
    std::string codec;
    std::string empty = "skip";
    std::string group;
    std::vector<std::string> group_topics;
    double timeout_seconds = 0;
};

constexpr std::string_view letters_with_value = "btpXmDKckHzofFG";

mode mode_of_letter(char letter) {
    switch (letter) {
        case 'P': return mode::produce;
        case 'C': return mode::consume;
        case 'L': return mode::metadata;
        default: return mode::none;
    }
}

mode mode_of_word(std::string_view word) {
    if (word == "produce") return mode::produce;
    if (word == "consume") return mode::consume;
    if (word == "groups") return mode::groups;
    return word == "metadata" ? mode::metadata : mode::none;
}

void set_mode(mode& to, mode found) {
    if (to != mode::none && to != found)
        throw usage_error{"one of produce (-P), consume (-C), metadata (-L) at a time"};
    to = found;
}

/// Takes the mode out of the words: a letter may be one of several behind a dash (`-qCb host`).
mode take_mode(std::vector<std::string>& words) {
    mode found = mode::none;
    if (!words.empty() && mode_of_word(words.front()) != mode::none) {
        found = mode_of_word(words.front());
        words.erase(words.begin());
    }
    std::vector<std::string> left;
    for (std::size_t at = 0; at < words.size() && words[at] != "--"; ++at) {
        auto& word = words[at];
        if (word.size() < 2 || word[0] != '-' || word[1] == '-') {
            left.push_back(word);
            continue;
        }
        for (std::size_t index = 1; index < word.size();) {
            if (const auto letter = mode_of_letter(word[index]); letter != mode::none) {
                set_mode(found, letter);
                word.erase(index, 1);
            } else if (letters_with_value.find(word[index]) != letters_with_value.npos) {
                break; // the rest is its value, or the next word
            } else {
                ++index;
            }
        }
        const bool value_follows = word.size() > 1 &&
                                   letters_with_value.find(word.back()) != letters_with_value.npos &&
                                   word.find_first_of(letters_with_value) == word.size() - 1;
        if (word.size() > 1) left.push_back(word);
        if (value_follows && at + 1 < words.size()) left.push_back(words[++at]);
    }
    const auto rest = std::find(words.begin(), words.end(), "--");
    left.insert(left.end(), rest, words.end());
    words = std::move(left);
    return found;
}

void add_common(CLI::App& app, settings& with, raw_options& raw) {
    app.set_help_flag("-h,--help", "print this and do nothing");
    app.set_version_flag("-V,--version", [] { return version_text(); });
    app.add_option("-b", raw.brokers,
                   "bootstrap brokers, host:port,... (else KAFKA_BROKER, else localhost:9092)");
    app.add_option("-t", raw.topics, "topic; several when consuming")->take_all()->allow_extra_args(false);
    app.add_option("-X", raw.sources.words,
                   "property name=value, Java's or librdkafka's; list, dump: show them")
        ->take_all()
        ->allow_extra_args(false);
    app.add_option("-F", raw.sources.file, "property file; none: no default file either");
    app.add_option("-m", raw.timeout_seconds, "time-out of operations in seconds (of metadata: 5)");
    app.add_flag("-q", with.quiet, "no messages but errors");
    app.add_flag("-v", with.verbosity, "more messages");
}

void add_text(CLI::App& app, settings& with, raw_options& raw) {
    app.add_option("-D", raw.delimiter, "record delimiter (\\n)");
    app.add_option("-K", raw.key_delimiter, "key delimiter");
    app.add_option("-c", with.count, "stop after so many records");
    app.add_flag("-Z", with.empty_is_null,
                 "empty means null when producing, null shows as NULL when consuming");
    app.add_flag("-E", with.go_on, "go on after errors of single records and partitions");
    app.add_flag("-u", with.unbuffered, "write each record at once");
}

void add_producing(CLI::App& app, settings& with, raw_options& raw) {
    add_text(app, with, raw);
    app.add_option("-p", raw.partitions, "partition; -1: let the partitioner choose");
    app.add_option("-k", with.fixed_key, "key of every record");
    app.add_option("-H", raw.headers, "header name=value of every record")
        ->take_all()
        ->allow_extra_args(false);
    app.add_option("-z", raw.codec, "none, gzip, snappy, lz4 or zstd; with a level: zstd:9");
    app.add_flag("-J", with.json, "each line is a JSON object as consume -J prints it");
    app.add_flag("-T", with.copy_input, "copy what is read to standard output");
    app.add_flag("-l", with.lines_of_files, "each line of the files is a record");
    app.add_option("--empty", raw.empty, "what an empty piece becomes: skip, send or null")
        ->check(CLI::IsMember({"skip", "send", "null"}));
    app.add_option("files", with.files, "files to send instead of standard input, each one record");
}

void add_consuming(CLI::App& app, settings& with, raw_options& raw) {
    add_text(app, with, raw);
    app.add_option("-p", raw.partitions, "partitions, such as 0,2-4");
    app.add_option("-G", raw.group,
                   "as a member of this group, from where it has committed (else -o beginning or end)");
    app.add_option("topics", raw.group_topics,
                   "with -G: topics, or one regular expression that begins with ^");
    app.add_option(
           "-o", raw.offsets,
           "beginning, end, N, -N (before the end), +N, s@ms from, e@ms until, @date, -1h, FROM:UNTIL")
        ->take_all()
        ->allow_extra_args(false);
    app.add_flag("-e", with.exit_at_end, "stop at the end that the partitions have now");
    app.add_flag("--follow-end", with.follow_end,
                 "with -e: stop a partition when nothing is left to read for a moment");
    app.add_option("-f", with.format,
                   "format, as kcat's; also %{iso} %{header:NAME} %{value:hex} %{value:base64} %{epoch}");
    app.add_flag("-J", with.json, "a JSON object a line");
    app.add_flag("-O", with.show_offset, "print the offset in front, with -K's delimiter");
}

void set_up(CLI::App& app, mode what, settings& with, raw_options& raw) {
    add_common(app, with, raw);
    if (what == mode::produce) add_producing(app, with, raw);
    if (what == mode::consume) add_consuming(app, with, raw);
    if (what == mode::metadata || what == mode::groups) app.add_flag("-J", with.json, "as JSON");
    if (what == mode::groups)
        app.add_option("groups", with.groups, "groups to describe: members, what they have, offsets and lag");
}

std::int32_t partition_number(std::string_view text) {
    std::int32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < -1) {
        throw usage_error{"-p: '" + std::string{text} + "' is no partition"};
    }
    return number;
}

/// `3`, or `0,2-4`.
std::vector<std::int32_t> partition_list(std::string_view text) {
    constexpr std::int32_t most = 100'000;
    std::vector<std::int32_t> numbers;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        const auto item = text.substr(0, comma);
        const auto dash = item.find('-', 1);
        const auto first = partition_number(item.substr(0, dash));
        const auto last = dash == item.npos ? first : partition_number(item.substr(dash + 1));
        if (last < first || last - first > most)
            throw usage_error{"-p: '" + std::string{item} + "' is no range"};
        for (auto each = first; each <= last; ++each) numbers.push_back(each);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return numbers;
}

void read_partitions(settings& with, mode what, const std::string& text) {
    with.partitions = partition_list(text);
    if (what == mode::produce && with.partitions.size() > 1)
        throw usage_error{"-p: one partition when producing"};
    const auto& all = with.partitions;
    if (what == mode::consume && std::find(all.begin(), all.end(), -1) != all.end()) with.partitions.clear();
}

/// What letters say by property names: they go before all other sources.
kasio::properties letters_as_properties(const raw_options& raw) {
    kasio::properties letters;
    if (!raw.brokers.empty()) letters.emplace_back("bootstrap.servers", raw.brokers);
    if (!raw.group.empty()) letters.emplace_back("group.id", raw.group);
    if (raw.codec.empty()) return letters;
    const auto colon = raw.codec.find(':');
    letters.emplace_back("compression.type", raw.codec.substr(0, colon));
    if (colon != raw.codec.npos) letters.emplace_back("compression.level", raw.codec.substr(colon + 1));
    return letters;
}

/// The answer to `-X list` or `-X dump`; nothing when it is to go on.
std::optional<std::string> read_properties(settings& with, raw_options& raw) {
    auto& words = raw.sources.words;
    if (std::find(words.begin(), words.end(), "list") != words.end()) return list_of_properties();
    const bool dump = std::erase(words, "dump") > 0;
    raw.sources.letters = letters_as_properties(raw);
    raw.sources.quiet = with.quiet;
    const auto layers = read_sources(raw.sources);
    auto options = kasio::options_from_layers(layers);
    with.cluster = std::move(options.cluster);
    with.producer = std::move(options.producer);
    with.consumer = std::move(options.consumer);
    for (const auto& note : options.notes) {
        if (!with.quiet) remark("property " + note.name + " is ignored: " + note.text);
    }
    return dump ? std::optional{dump_of(layers)} : std::nullopt;
}

/// In a group `-o` counts where it has committed nothing.
void read_group(settings& with, const raw_options& raw) {
    with.in_group = !raw.group.empty();
    if (!with.in_group) {
        // Without -G what is read is not a group's business, whatever the properties say.
        with.consumer.group_id.clear();
        if (!raw.group_topics.empty()) throw usage_error{"topics without -t go with -G"};
        return;
    }
    with.topics.insert(with.topics.end(), raw.group_topics.begin(), raw.group_topics.end());
    if (!with.partitions.empty()) throw usage_error{"-p: the group says which partitions are read"};
    if (raw.offsets.empty()) return;
    const auto from = with.range.from.what;
    if (with.range.until || (from != place::kind::beginning && from != place::kind::end))
        throw usage_error{"-o: beginning or end, with -G"};
    with.consumer.offset_reset =
        from == place::kind::end ? kasio::offset_reset::latest : kasio::offset_reset::earliest;
}

void finish(settings& with, mode what, const raw_options& raw) {
    with.topics = raw.topics;
    with.delimiter = unescaped(raw.delimiter);
    if (with.delimiter.empty()) throw usage_error{"-D: the delimiter is empty"};
    if (!raw.key_delimiter.empty()) with.key_delimiter = unescaped(raw.key_delimiter);
    with.empty = raw.empty == "send"   ? empty_piece::send
                 : raw.empty == "null" ? empty_piece::null
                                       : empty_piece::skip;
    read_partitions(with, what, raw.partitions);
    for (const auto& each : raw.offsets) add_range(with.range, each, std::chrono::system_clock::now());
    read_group(with, raw);
    for (const auto& header : raw.headers) {
        const auto equals = header.find('=');
        if (equals == header.npos) with.headers.emplace_back(header, std::nullopt);
        else with.headers.emplace_back(header.substr(0, equals), header.substr(equals + 1));
    }
    if (raw.timeout_seconds < 0 || raw.timeout_seconds > 1e6) throw usage_error{"-m: no such time"};
    if (raw.timeout_seconds > 0) {
        const std::chrono::milliseconds limit{static_cast<long>(raw.timeout_seconds * 1000)};
        with.metadata_timeout = with.cluster.default_timeout = with.producer.max_block = limit;
    }
}

void check(const settings& with, mode what) {
    const bool topic_in_lines = what == mode::produce && with.json;
    if (what == mode::groups && !with.topics.empty())
        throw usage_error{"-t: groups are named without a letter"};
    if (with.topics.empty() && what != mode::metadata && what != mode::groups && !topic_in_lines)
        throw usage_error{"-t topic is missing"};
    if (with.topics.size() > 1 && what != mode::consume) throw usage_error{"-t: one topic at a time"};
    if (with.json && with.format) throw usage_error{"-J and -f: one of them"};
    if (with.follow_end && !with.exit_at_end) throw usage_error{"--follow-end goes with -e"};
}

constexpr std::string_view overview = R"(kasio: Kafka for Boost.Asio, from the command line

  kasio produce  -t topic ...   (or -P) send standard input, a record a line
  kasio consume  -t topic ...   (or -C) print records
  kasio metadata [-t topic]     (or -L) list brokers and topics
  kasio groups   [group ...]    list groups, or describe some: members, offsets, lag
  kasio broker   [--nodes n]    run an in-process cluster until SIGINT or SIGTERM

Without a mode: consume when standard input is a terminal, otherwise produce.
kasio MODE --help tells of the letters, which are kcat's.
)";

} // namespace

std::string version_text() {
    const auto number = kasio::version();
    return "kasio " + std::to_string(number / 10000) + '.' + std::to_string(number / 100 % 100) + '.' +
           std::to_string(number % 100) + " (" + std::string{kasio::features()} + ")\n";
}

arguments parse_arguments(std::vector<std::string> words) {
    arguments result;
    result.what = take_mode(words);
    if (result.what == mode::none) {
        if (words.empty()) throw usage_error{"what is to be done? See kasio --help"};
        if (words.front() == "-h" || words.front() == "--help")
            return {mode::none, {}, std::string{overview}};
        result.what = ::isatty(STDIN_FILENO) == 1 ? mode::consume : mode::produce;
    }
    static constexpr std::string_view names[] = {"", "produce", "consume", "metadata", "groups"};
    CLI::App app{"", "kasio " + std::string{names[static_cast<std::size_t>(result.what)]}};
    raw_options raw;
    set_up(app, result.what, result.with, raw);
    std::reverse(words.begin(), words.end());
    try {
        app.parse(std::move(words));
    } catch (const CLI::CallForHelp&) {
        result.answer = app.help();
        return result;
    } catch (const CLI::CallForVersion&) {
        result.answer = version_text();
        return result;
    } catch (const CLI::ParseError& error) {
        throw usage_error{error.what()};
    }
    result.answer = read_properties(result.with, raw);
    if (result.answer) return result;
    finish(result.with, result.what, raw);
    check(result.with, result.what);
    return result;
}

} // namespace cli
