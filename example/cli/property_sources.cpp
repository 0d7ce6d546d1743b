// SPDX-License-Identifier: BSL-1.0
#include "property_sources.hpp"

#include "settings.hpp"
#include "usage_error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace cli {

namespace {

std::string read_file(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    std::error_code ignored;
    if (!file || std::filesystem::is_directory(path, ignored)) {
        throw usage_error{"cannot read '" + path + "': " + std::strerror(errno != 0 ? errno : EISDIR)};
    }
    return text.str();
}

std::optional<std::string> variable(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' ? std::optional<std::string>{value} : std::nullopt;
}

/// Ours go before kcat's. A file that somebody named must be there; one in a usual place may be.
std::optional<std::string> usual_file() {
    for (const char* name : {"KASIO_CONFIG", "KCAT_CONFIG", "KAFKACAT_CONFIG"}) {
        if (auto path = variable(name)) return path;
    }
    const auto home = variable("HOME").value_or("");
    const auto folder = variable("XDG_CONFIG_HOME").value_or(home + "/.config");
    for (const auto& path :
         {folder + "/kasio.conf", home + "/.config/kcat.conf", home + "/.config/kafkacat.conf"}) {
        std::error_code ignored;
        if (std::filesystem::exists(path, ignored)) return path;
    }
    return std::nullopt;
}

kasio::properties from_file(const std::optional<std::string>& given) {
    const auto path = given ? given : usual_file();
    if (!path || (given && (*path == "none" || *path == "-"))) return {};
    errno = 0;
    try {
        return kasio::parse_properties(read_file(*path));
    } catch (const kasio::property_error& error) {
        throw usage_error{*path + ": " + error.what()};
    }
}

const kasio::known_property* find(const std::vector<kasio::known_property>& all, std::string_view name) {
    const auto found =
        std::find_if(all.begin(), all.end(), [name](const auto& each) { return each.name == name; });
    return found != all.end() ? &*found : nullptr;
}

/// Who types a secret shows it to everybody who lists the processes; `@file` does not.
std::string secret_value(std::string_view name, std::string value, bool quiet) {
    if (value.starts_with('@')) {
        errno = 0;
        value = read_file(value.substr(1));
        while (!value.empty() && (value.back() == '\n' || value.back() == '\r')) value.pop_back();
    } else if (!quiet && !value.empty()) {
        remark(std::string{name} + ": what stands on the command line can be seen by others; use a file, " +
               std::string{name} + "=@file, or the environment");
    }
    return value;
}

kasio::properties from_words(const property_sources& from) {
    const auto known = kasio::known_properties();
    kasio::properties found;
    for (const auto& word : from.words) {
        const auto equals = word.find('=');
        if (equals == word.npos || equals == 0) {
            // It might be a secret: shown only when it is none.
            const bool is_name = find(known, word) != nullptr;
            throw usage_error{"-X wants name=value" +
                              (is_name ? ", not only '" + word + "'" : std::string{})};
        }
        const auto name = word.substr(0, equals);
        const auto* row = find(known, name);
        auto value = word.substr(equals + 1);
        if (row != nullptr && row->secret) value = secret_value(name, std::move(value), from.quiet);
        found.emplace_back(name, std::move(value));
    }
    return found;
}

} // namespace

std::vector<kasio::properties> read_sources(const property_sources& from) {
    return {from_file(from.file), kasio::environment_properties(), from_words(from), from.letters};
}

std::string list_of_properties() {
    std::string text;
    for (const auto& each : kasio::known_properties()) {
        text += each.name;
        if (each.target != each.name) text += " = " + std::string{each.target};
        switch (each.effect) {
            case kasio::property_effect::sets: break;
            case kasio::property_effect::ignored: text += " (ignored: " + std::string{each.text} + ')'; break;
            case kasio::property_effect::refused: text += " (refused: " + std::string{each.text} + ')'; break;
            case kasio::property_effect::unavailable: text += " (" + std::string{each.text} + ')'; break;
        }
        text += '\n';
    }
    return text;
}

std::string dump_of(const std::vector<kasio::properties>& layers) {
    const auto all = kasio::known_properties();
    std::map<std::string, std::string> shown; // by target
    for (const auto& layer : layers) {
        for (const auto& [name, value] : layer) {
            const auto* known = find(all, name);
            // Of a name that stands for many nobody knows what it holds.
            const bool open = known != nullptr && !known->secret;
            shown[known != nullptr ? std::string{known->target} : name] = open ? value : "(not shown)";
        }
    }
    std::string text;
    for (const auto& [name, value] : shown) text += name + " = " + value + '\n';
    return text;
}

} // namespace cli
