// SPDX-License-Identifier: BSL-1.0
#include "settings.hpp"

#include <iostream>

namespace cli {

namespace {

void print_line(std::string line) {
    for (auto& each : line) {
        if (static_cast<unsigned char>(each) < ' ') each = ' ';
    }
    line += '\n';
    std::cerr << line << std::flush;
}

} // namespace

void complain(std::string_view what, const kasio::error_code& error, const kasio::failure& cause) {
    std::string line = "% ERROR: ";
    line += what;
    line += ": " + kasio::error_name(error) + ": " + error.message();
    if (!cause.text.empty()) line += " (" + cause.text + ")";
    print_line(std::move(line));
}

void remark(std::string_view text) { print_line("% " + std::string{text}); }

} // namespace cli
