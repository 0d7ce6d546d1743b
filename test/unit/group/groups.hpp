// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/assignor.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// Groups in a few characters, as in test/data/assignments.tsv.
namespace kasio_test {

using namespace kasio;

inline std::vector<std::string> split(std::string_view text, char by) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = text.find(by);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
        if (text.empty()) parts.emplace_back();
    }
    return parts;
}

/// `topic:0,1;other:2`
inline partition_list partitions(std::string_view text) {
    partition_list all;
    for (const auto& each : split(text, ';')) {
        const auto colon = each.find(':');
        all.emplace_back(each.substr(0, colon), std::vector<std::int32_t>{});
        for (const auto& number : split(std::string_view{each}.substr(colon + 1), ','))
            all.back().partitions.push_back(std::stoi(number));
    }
    return all;
}

inline std::string text_of(const partition_list& all) {
    std::string text;
    for (const auto& [topic, numbers] : all) {
        if (!text.empty()) text += ';';
        text += topic + ':';
        for (std::size_t i = 0; i < numbers.size(); ++i) text += (i ? "," : "") + std::to_string(numbers[i]);
    }
    return text;
}

inline std::optional<std::string> maybe(const std::string& text) {
    return text == "-" ? std::nullopt : std::optional{text};
}

/// `id|instance id|rack|topics|owned|generation`
inline member_subscription member(std::string_view text) {
    const auto cells = split(text, '|');
    if (cells.size() != 6) throw std::runtime_error{"no member: " + std::string{text}};
    member_subscription made;
    made.id = cells[0];
    made.instance_id = maybe(cells[1]);
    made.rack = maybe(cells[2]);
    made.topics = split(cells[3], ',');
    made.owned = partitions(cells[4]);
    made.generation = std::stoi(cells[5]);
    return made;
}

/// `topic:a/b,c;other:_,_`: the racks of each partition.
inline std::vector<topic_layout> layout(std::string_view text) {
    std::vector<topic_layout> made;
    for (const auto& each : split(text, ';')) {
        const auto colon = each.find(':');
        const auto cells = split(std::string_view{each}.substr(colon + 1), ',');
        made.emplace_back(each.substr(0, colon), cells.size());
        for (std::size_t i = 0; i < cells.size(); ++i)
            if (cells[i] != "_") made.back().racks[i] = split(cells[i], '/');
    }
    return made;
}

inline std::string text_of(const std::vector<member_subscription>& members,
                           const std::vector<member_assignment>& assigned) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < members.size(); ++i)
        parts.push_back(members[i].id + '=' + text_of(assigned.at(i).partitions));
    std::sort(parts.begin(), parts.end());
    std::string text;
    for (const auto& part : parts) text += (text.empty() ? "" : " ") + part;
    return text;
}

inline std::size_t count(const partition_list& all) {
    std::size_t sum = 0;
    for (const auto& each : all) sum += each.partitions.size();
    return sum;
}

/// Of what stands in `a`, that which also stands in `b`.
inline std::size_t shared(const partition_list& a, const partition_list& b) {
    std::size_t sum = 0;
    for (const auto& [topic, numbers] : a)
        for (const auto& other : b)
            if (other.topic == topic)
                for (const auto number : numbers)
                    sum += std::count(other.partitions.begin(), other.partitions.end(), number);
    return sum;
}

} // namespace kasio_test
