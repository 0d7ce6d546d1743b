// SPDX-License-Identifier: BSL-1.0
#include "json_record.hpp"

#include "text.hpp"

// The whole of Boost.JSON, compiled here: its library need not be installed.
#include <boost/json/src.hpp>

#include <stdexcept>

namespace cli {

namespace {

namespace json = boost::json;

[[noreturn]] void refuse(const std::string& why) { throw std::runtime_error{why}; }

const json::value* member(const json::object& in, std::string_view name) {
    return in.if_contains({name.data(), name.size()});
}

std::optional<std::string> decoded(const json::value& bytes, const json::value* encoding,
                                   std::string_view name) {
    if (bytes.is_null()) return std::nullopt;
    const auto* text = bytes.if_string();
    if (text == nullptr) refuse("\"" + std::string{name} + "\" is neither a string nor null");
    if (encoding == nullptr || encoding->is_null()) return std::string{text->data(), text->size()};
    if (!encoding->is_string() || encoding->get_string() != "base64") {
        refuse("the encoding of \"" + std::string{name} + "\" is not base64");
    }
    auto plain = from_base64({text->data(), text->size()});
    if (!plain) refuse("\"" + std::string{name} + "\" is no base64");
    return plain;
}

std::optional<std::string> bytes_of(const json::object& in, std::string_view name) {
    const auto* bytes = member(in, name);
    if (bytes == nullptr) return std::nullopt;
    return decoded(*bytes, member(in, std::string{name} + "_encoding"), name);
}

/// kcat's list of names and values in turn; its help shows an object, which is taken too.
void read_headers(json_record& to, const json::value& headers, const json::value* encodings) {
    if (const auto* object = headers.if_object()) {
        for (const auto& each : *object)
            to.headers.emplace_back(each.key(), decoded(each.value(), nullptr, "headers"));
        return;
    }
    const auto* list = headers.if_array();
    const auto* encoded = encodings != nullptr ? encodings->if_array() : nullptr;
    if (list == nullptr || list->size() % 2 != 0) refuse("\"headers\" is no list of names and values");
    if (encodings != nullptr && (encoded == nullptr || encoded->size() != list->size())) {
        refuse("\"headers_encoding\" is not as long as \"headers\"");
    }
    const auto at = [&](std::size_t index) {
        return decoded((*list)[index], encoded != nullptr ? &(*encoded)[index] : nullptr, "headers");
    };
    for (std::size_t index = 0; index < list->size(); index += 2) {
        auto name = at(index);
        if (!name) refuse("a header has no name");
        to.headers.emplace_back(std::move(*name), at(index + 1));
    }
}

} // namespace

json_record parse_json_record(std::string_view line) {
    json::error_code error;
    const auto whole = json::parse({line.data(), line.size()}, error);
    if (error) refuse("no JSON: " + error.message());
    const auto* object = whole.if_object();
    if (object == nullptr) refuse("no JSON object");
    json_record record;
    record.key = bytes_of(*object, "key");
    record.value = bytes_of(*object, "payload");
    if (const auto* topic = member(*object, "topic")) {
        if (!topic->is_string()) refuse("\"topic\" is no string");
        record.topic = std::string{topic->get_string().data(), topic->get_string().size()};
    }
    if (const auto* time = member(*object, "ts"); time != nullptr && !time->is_null()) {
        if (!time->is_int64()) refuse("\"ts\" is no number of milliseconds");
        if (time->get_int64() >= 0) record.timestamp = time->get_int64();
    }
    if (const auto* headers = member(*object, "headers"); headers != nullptr && !headers->is_null()) {
        read_headers(record, *headers, member(*object, "headers_encoding"));
    }
    return record;
}

} // namespace cli
