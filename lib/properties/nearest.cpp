// SPDX-License-Identifier: BSL-1.0
#include "properties/nearest.hpp"

#include <algorithm>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE

namespace {

constexpr std::size_t most_letters_apart = 2;
constexpr std::size_t longest_name = 200;

std::vector<std::string_view> words_of(std::string_view name) {
    std::vector<std::string_view> words;
    while (!name.empty()) {
        const auto end = std::min(name.find_first_of("._- "), name.size());
        if (end > 0) words.push_back(name.substr(0, end));
        name.remove_prefix(std::min(end + 1, name.size()));
    }
    std::sort(words.begin(), words.end());
    return words;
}

} // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const auto above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known) {
    if (name.empty() || name.size() > longest_name) return {};
    const auto words = words_of(name);
    for (const auto each : known) {
        if (words_of(each) == words) return each;
    }
    std::string_view best;
    auto least = most_letters_apart + 1;
    for (const auto each : known) {
        const auto apart = each.size() > name.size() ? each.size() - name.size() : name.size() - each.size();
        if (apart >= least) continue;
        if (const auto distance = edit_distance(name, each); distance < least) {
            least = distance;
            best = each;
        }
    }
    return best;
}

KASIO_END_NAMESPACE
