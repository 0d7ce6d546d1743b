// SPDX-License-Identifier: BSL-1.0
#include "properties/jaas.hpp"

#include <algorithm>
#include <array>

KASIO_BEGIN_NAMESPACE

namespace {

constexpr std::string_view blanks = " \t\r\n\f";
constexpr std::array<std::string_view, 4> flags{"required", "requisite", "sufficient", "optional"};

class scanner {
public:
    explicit scanner(std::string_view text) : text_{text} {}

    /// A word up to a blank or one of `= ; "`; empty when there is none.
    std::string_view word() {
        skip_blanks();
        const auto end = std::min(text_.find_first_of(" \t\r\n\f=;\""), text_.size());
        const auto found = text_.substr(0, end);
        text_.remove_prefix(end);
        return found;
    }
    bool take(char wanted) {
        skip_blanks();
        if (!text_.starts_with(wanted)) return false;
        text_.remove_prefix(1);
        return true;
    }
    /// In quotes, where a backslash stands in front of what is meant literally, or a word.
    std::optional<std::string> value() {
        if (!take('"')) {
            const auto plain = word();
            return plain.empty() ? std::nullopt : std::optional{std::string{plain}};
        }
        std::string found;
        while (!text_.empty()) {
            char front = text_.front();
            text_.remove_prefix(1);
            if (front == '"') return found;
            if (front == '\\' && !text_.empty()) {
                front = text_.front();
                text_.remove_prefix(1);
            }
            found += front;
        }
        return std::nullopt;
    }
    bool at_end() {
        skip_blanks();
        return text_.empty();
    }

private:
    void skip_blanks() { text_.remove_prefix(std::min(text_.find_first_not_of(blanks), text_.size())); }
    std::string_view text_;
};

} // namespace

std::optional<jaas_entry> parse_jaas(std::string_view text, std::string& wrong) {
    const auto refuse = [&wrong](std::string why) {
        wrong = std::move(why);
        return std::nullopt;
    };
    scanner from{text};
    jaas_entry entry;
    const auto whole_class = from.word();
    if (whole_class.empty()) return refuse("names no login module");
    entry.login_module = whole_class.substr(whole_class.rfind('.') + 1);
    const auto flag = from.word();
    if (std::find(flags.begin(), flags.end(), flag) == flags.end()) {
        return refuse("has no 'required' behind the login module");
    }
    while (!from.take(';')) {
        // It may be a piece of a password whose quotes are wrong: never part of a message.
        const std::string name{from.word()};
        if (name.empty()) return refuse("does not end with ';'");
        if (!from.take('=')) return refuse("has no '=' behind an option's name");
        auto value = from.value();
        if (!value) return refuse("has an option without a value, or without its second quote");
        entry.options[name] = std::move(*value);
    }
    if (!from.at_end()) return refuse("has more than one entry");
    return entry;
}

KASIO_END_NAMESPACE
