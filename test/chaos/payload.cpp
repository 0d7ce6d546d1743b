// SPDX-License-Identifier: BSL-1.0
#include "chaos/payload.hpp"

#include <charconv>

namespace chaos {

namespace {

std::uint64_t sum_of(std::string_view bytes) {
    std::uint64_t sum = 14695981039346656037ULL; // FNV-1a
    for (const char c : bytes) sum = (sum ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return sum;
}

} // namespace

std::string bytes_of(std::int64_t value, std::string_view topic, int partition, std::size_t filler) {
    std::string made =
        std::to_string(value) + '|' + std::string{topic} + '|' + std::to_string(partition) + '|';
    for (std::size_t i = 0; i < filler; ++i)
        made += static_cast<char>('a' + (static_cast<std::size_t>(value) + i) % 26);
    return made + '|' + std::to_string(sum_of(made));
}

std::int64_t value_in(std::string_view bytes, std::string_view topic, int partition) {
    const auto last = bytes.rfind('|');
    if (last == std::string_view::npos ||
        bytes.substr(last + 1) != std::to_string(sum_of(bytes.substr(0, last))))
        return no_value;
    std::int64_t value = no_value;
    const auto number = bytes.substr(0, bytes.find('|'));
    std::from_chars(number.data(), number.data() + number.size(), value);
    const auto rest = bytes.substr(number.size() + 1);
    const auto home = rest.substr(0, rest.find('|', rest.find('|') + 1));
    const std::string anywhere = std::string{topic} + "|-1";
    const std::string here = std::string{topic} + '|' + std::to_string(partition);
    return home == anywhere || home == here ? value : no_value;
}

} // namespace chaos
