// SPDX-License-Identifier: BSL-1.0
#include "chaos/history.hpp"

#include <array>
#include <charconv>
#include <stdexcept>

namespace chaos {

namespace {

constexpr std::array<std::string_view, 5> phase_names{"invoke", "ok", "fail", "info", "note"};

void add_text(std::string& to, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    to += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            to += '\\';
            to += c;
        } else if (byte < 0x20) {
            to += "\\u00";
            to += digits[byte >> 4];
            to += digits[byte & 15];
        } else {
            to += c;
        }
    }
    to += '"';
}

void add_name(std::string& to, std::string_view name) {
    if (to.back() != '{') to += ',';
    add_text(to, name);
    to += ':';
}

void add_member(std::string& to, std::string_view name, std::string_view text) {
    if (text.empty()) return;
    add_name(to, name);
    add_text(to, text);
}

void add_member(std::string& to, std::string_view name, std::int64_t number, std::int64_t absent = -1) {
    if (number == absent) return;
    add_name(to, name);
    to += std::to_string(number);
}

/// Reads the JSON that `to_json` writes: one object of texts, whole numbers and one list of triples.
class parser {
public:
    explicit parser(std::string_view line) : rest_{line} {}

    event read() {
        event made;
        need('{');
        while (!take('}')) {
            const std::string name = text();
            need(':');
            member(made, name);
            take(',');
        }
        blank();
        if (!rest_.empty()) fail("something after the object");
        return made;
    }

private:
    [[noreturn]] void fail(const std::string& why) const {
        throw std::runtime_error{"no event: " + why + " before: " + std::string{rest_.substr(0, 40)}};
    }

    void blank() {
        while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) rest_.remove_prefix(1);
    }

    bool take(char what) {
        blank();
        if (rest_.empty() || rest_.front() != what) return false;
        rest_.remove_prefix(1);
        return true;
    }

    void need(char what) {
        if (!take(what)) fail(std::string{what} + " is missing");
    }

    std::string text() {
        need('"');
        std::string made;
        for (;;) {
            if (rest_.empty()) fail("a text without end");
            const char c = rest_.front();
            rest_.remove_prefix(1);
            if (c == '"') return made;
            made += c == '\\' ? escaped() : c;
        }
    }

    char escaped() {
        if (rest_.empty()) fail("a text without end");
        const char c = rest_.front();
        rest_.remove_prefix(1);
        if (c == 'n') return '\n';
        if (c == 't') return '\t';
        if (c != 'u') return c;
        int code = 0;
        const auto digits = rest_.substr(0, 4);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
        if (error != std::errc{} || end != digits.data() + 4 || code > 127)
            fail("an escape that is not known");
        rest_.remove_prefix(4);
        return static_cast<char>(code);
    }

    std::int64_t number() {
        blank();
        std::int64_t made = 0;
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), made);
        if (error != std::errc{}) fail("a number is missing");
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return made;
    }

    std::vector<sighting> items() {
        std::vector<sighting> made;
        need('[');
        while (!take(']')) {
            auto& item = made.emplace_back();
            need('[');
            item.key = text();
            need(',');
            item.offset = number();
            need(',');
            item.value = number();
            need(']');
            take(',');
        }
        return made;
    }

    void member(event& made, std::string_view name) {
        if (name == "t") made.time = number();
        else if (name == "p") made.process = text();
        else if (name == "n") made.operation = number();
        else if (name == "ph") made.phase = phase_of(text());
        else if (name == "f") made.what = text();
        else if (name == "key") made.key = text();
        else if (name == "value") made.value = number();
        else if (name == "offset") made.offset = number();
        else if (name == "group") made.group = number();
        else if (name == "until") made.until = number();
        else if (name == "text") made.text = text();
        else if (name == "items") made.items = items();
        else fail("no member is called " + std::string{name});
    }

    [[nodiscard]] phase phase_of(std::string_view name) const {
        for (std::size_t i = 0; i < phase_names.size(); ++i)
            if (phase_names[i] == name) return static_cast<phase>(i);
        fail("no phase is called " + std::string{name});
    }

    std::string_view rest_;
};

} // namespace

std::string to_json(const event& what) {
    std::string made = "{";
    add_member(made, "t", what.time, 0);
    add_member(made, "p", what.process);
    add_member(made, "n", what.operation);
    add_member(made, "ph", phase_names.at(static_cast<std::size_t>(what.phase)));
    add_member(made, "f", what.what);
    add_member(made, "key", what.key);
    add_member(made, "value", what.value);
    add_member(made, "offset", what.offset);
    add_member(made, "group", what.group);
    add_member(made, "until", what.until);
    add_member(made, "text", what.text);
    if (!what.items.empty()) {
        add_name(made, "items");
        char before = '[';
        for (const auto& item : what.items) {
            made += before;
            made += '[';
            add_text(made, item.key);
            made += ',' + std::to_string(item.offset) + ',' + std::to_string(item.value) + ']';
            before = ',';
        }
        made += ']';
    }
    made += '}';
    return made;
}

event from_json(std::string_view line) { return parser{line}.read(); }

std::string to_lines(const history& events) {
    std::string made;
    for (const auto& each : events) {
        made += to_json(each);
        made += '\n';
    }
    return made;
}

history from_lines(std::string_view text) {
    history made;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto line = text.substr(0, end);
        if (!line.empty()) made.push_back(from_json(line));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return made;
}

} // namespace chaos
