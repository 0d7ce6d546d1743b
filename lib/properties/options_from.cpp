// SPDX-License-Identifier: BSL-1.0
#include "properties/draft.hpp"
#include "properties/name_table.hpp"
#include "properties/nearest.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE

namespace {

constexpr std::size_t longest_quote = 80;

/// A piece of somebody's text for a message of one line.
std::string quotable(std::string_view text) {
    std::string piece{text.substr(0, longest_quote)};
    for (auto& each : piece) {
        if (static_cast<unsigned char>(each) < ' ') each = ' ';
    }
    return piece + (text.size() > longest_quote ? "..." : "");
}

/// What was given for one target.
struct given_value {
    std::string_view name;
    std::string_view value;
    std::size_t layer = 0;
};

class collector {
public:
    explicit collector(client_options start) { draft_.options = std::move(start); }

    void take(const properties& layer) {
        ++layer_;
        // Of the same name the last one counts.
        for (auto each = layer.rbegin(); each != layer.rend(); ++each) take(each->first, each->second);
    }

    client_options finish() {
        for (const auto part : {cluster_settings(), tls_settings(), sasl_settings(), producer_settings(),
                                consumer_settings(), group_settings()}) {
            for (const auto& each : part) apply(each);
        }
        if (problems_.empty()) {
            if (const auto wrong = settle(draft_); !wrong.empty()) problems_.push_back(wrong);
        }
        complain();
        return std::move(draft_.options);
    }

private:
    void take(std::string_view name, std::string_view value) {
        const auto* row = find_property(name);
        if (row == nullptr) return unknown(name);
        switch (row->known.effect) {
            case property_effect::sets: return keep(row->known.target, name, value);
            case property_effect::ignored: return note(name, row->known.text);
            case property_effect::refused:
                return refuse(name, value, " has no place here: ", row->known.text);
            case property_effect::unavailable: return refuse(name, value, ": ", row->known.text);
        }
    }

    void keep(std::string_view target, std::string_view name, std::string_view value) {
        const auto [place, is_new] = given_.try_emplace(target, given_value{name, value, layer_});
        const auto& before = place->second;
        if (is_new || before.layer != layer_ || before.name == name) return;
        if (trimmed(before.value) == trimmed(value)) return;
        add_problem(quotable(name) + " and " + quotable(before.name) +
                    " are two names for the same and differ");
    }

    void note(std::string_view name, std::string_view why) {
        property_note added{quotable(name), std::string{why}};
        auto& notes = draft_.options.notes;
        if (std::find(notes.begin(), notes.end(), added) == notes.end()) notes.push_back(std::move(added));
    }

    void refuse(std::string_view name, std::string_view value, std::string_view how, std::string_view why) {
        const auto wanted = lower_case(trimmed(value));
        if (wanted.empty() || wanted == "false" || wanted == "null") return;
        add_problem(quotable(name) + std::string{how} + std::string{why});
    }

    void unknown(std::string_view name) {
        std::vector<std::string_view> known;
        for (const auto& row : property_rows()) known.push_back(row.known.name);
        const auto meant = nearest_name(name, known);
        auto text = quotable(name) + (meant.empty() ? "" : " (did you mean " + std::string{meant} + "?)");
        if (std::find(unknown_.begin(), unknown_.end(), text) == unknown_.end())
            unknown_.push_back(std::move(text));
    }

    void apply(const setting& each) {
        const auto found = given_.find(each.name);
        if (found == given_.end()) return;
        const auto& given = found->second;
        const auto wrong = each.set(draft_, given.value);
        if (wrong.empty()) return;
        const auto shown = each.secret ? std::string{": the value"} : " '" + quotable(given.value) + "'";
        add_problem(quotable(given.name) + shown + " " + wrong);
    }

    void add_problem(std::string text) { problems_.push_back(std::move(text)); }

    void complain() const {
        std::string text;
        for (auto each = unknown_.rbegin(); each != unknown_.rend(); ++each) {
            text +=
                (text.empty() ? unknown_.size() > 1 ? "unknown properties: " : "unknown property: " : ", ") +
                *each;
        }
        for (const auto& each : problems_) text += (text.empty() ? "" : "; ") + each;
        if (text.empty()) return;
        throw property_error{unknown_.empty() ? errc::invalid_option : errc::unknown_property, text};
    }

    draft draft_;
    std::size_t layer_ = 0;
    std::map<std::string_view, given_value> given_; // by target
    std::vector<std::string> unknown_;
    std::vector<std::string> problems_;
};

} // namespace

property_error::~property_error() = default;

std::string settle(draft& all) {
    auto& tls = all.options.cluster.tls;
    if (tls.min_version > tls.max_version) {
        return "ssl.enabled.protocols, ssl.protocol and ssl.cipher.suites have no version in common";
    }
    if (auto wrong = settle_sasl(all); !wrong.empty()) return wrong;
    auto& producer = all.options.producer;
    const auto own = all.level_of_codec.find(producer.compression);
    if (own != all.level_of_codec.end()) producer.compression_level = own->second;
    else if (all.compression_level) producer.compression_level = all.compression_level;
    // zlib's word for its default.
    const bool usual = producer.compression == compression::gzip && producer.compression_level == -1;
    if (usual || producer.compression == compression::none) producer.compression_level.reset();
    return {};
}

client_options options_from(const properties& given, client_options start) {
    collector all{std::move(start)};
    all.take(given);
    return all.finish();
}

client_options options_from_layers(const std::vector<properties>& layers, client_options start) {
    collector all{std::move(start)};
    for (auto each = layers.rbegin(); each != layers.rend(); ++each) all.take(*each);
    return all.finish();
}

KASIO_END_NAMESPACE
