// SPDX-License-Identifier: BSL-1.0
#include "properties/duration.hpp"
#include "properties/jaas.hpp"
#include "require.hpp"
#include "targets.hpp"

#include <kasio/properties.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

using namespace kasio;

namespace {

bool is_plain(std::string_view text) {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
    }
    return true;
}

// A file as users write it, to options.
void as_file(std::string_view text) {
    try {
        const properties read = parse_properties(text);
        const auto options = options_from(read);
        for (const property_note& note : options.notes) require(!note.text.empty(), "a note says something");
    } catch (const property_error& error) {
        require(error.what()[0] != '\0', "an error says what is wrong");
    }
}

void as_jaas(std::string_view text) {
    std::string wrong;
    const auto entry = parse_jaas(text, wrong);
    require(entry.has_value() == wrong.empty(), "it is wrong or not");
    // No value is quoted, so nothing of the text that is not a name gets out.
    require(is_plain(wrong) && wrong.size() < 512, "what is wrong is fit for a log");
}

void as_values(std::string_view text) {
    std::chrono::milliseconds time{-1};
    if (read_duration(text, time).empty()) require(time.count() >= 0, "no time is negative");
    std::int64_t number = 0;
    if (read_number(text, -5, 70'000, number).empty())
        require(number >= -5 && number <= 70'000, "a number is within its bounds");
    if (read_milliseconds(text, 1, time).empty()) require(time.count() >= 1, "a time is within its bounds");
    bool flag = false;
    static_cast<void>(read_flag(text, flag));
    for (const std::string_view part : list_of(text, ",;"))
        require(part == trimmed(part), "parts are trimmed");
}

} // namespace

void fuzz_properties(std::span<const std::byte> input) {
    if (input.empty()) return;
    const std::string_view text{reinterpret_cast<const char*>(input.data()) + 1, input.size() - 1};
    switch (static_cast<unsigned>(input[0]) % 3) {
        case 0: return as_file(text);
        case 1: return as_jaas(text);
        default: return as_values(text);
    }
}
