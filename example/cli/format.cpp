// SPDX-License-Identifier: BSL-1.0
#include "format.hpp"

#include "text.hpp"
#include "usage_error.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <utility>

namespace cli {

namespace {

long long length_of(kasio::bytes_view bytes) {
    return bytes.is_null() ? -1 : static_cast<long long>(bytes.size());
}

void append_bytes(std::string& out, kasio::bytes_view bytes, bool null_as_text) {
    if (bytes.is_null() && null_as_text) out += "NULL";
    else out += bytes.view();
}

void append_big_endian(std::string& out, std::uint32_t number) {
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift);
}

/// `2026-01-31T12:34:56.789Z`; nothing for a record without a time.
void append_date(std::string& out, kasio::timestamp time) {
    using namespace std::chrono;
    if (time.time_since_epoch().count() < 0) return;
    const auto since = time.time_since_epoch();
    const sys_days day{floor<days>(since)};
    const year_month_day date{day};
    const hh_mm_ss clock{duration_cast<milliseconds>(since - day.time_since_epoch())};
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
                  static_cast<int>(clock.subseconds().count()));
    out += text.data();
}

void append_headers(std::string& out, const kasio::record_view& record) {
    bool first = true;
    for (const auto& each : record.headers()) {
        if (!std::exchange(first, false)) out += ',';
        out += each.key;
        out += '=';
        append_bytes(out, each.value, true);
    }
}

/// Bytes as a JSON string, `null`, or base64; true when they are base64.
bool append_json_bytes(std::string& out, kasio::bytes_view bytes) {
    if (bytes.is_null()) {
        out += "null";
    } else if (is_utf8(bytes.view())) {
        append_json_string(out, bytes.view());
    } else {
        append_json_string(out, base64(bytes.view()));
        return true;
    }
    return false;
}

void append_member(std::string& out, std::string_view name, kasio::bytes_view bytes) {
    out += ",\"";
    out += name;
    out += "\":";
    if (!append_json_bytes(out, bytes)) return;
    out += ",\"";
    out += name;
    out += "_encoding\":\"base64\"";
}

/// Name and value in turn, as kcat has it.
void append_json_headers(std::string& out, const kasio::record_view& record) {
    std::string encodings;
    bool encoded = false;
    const auto add = [&](kasio::bytes_view bytes) {
        if (!encodings.empty()) out += ',';
        const bool is_base64 = append_json_bytes(out, bytes);
        encodings += encodings.empty() ? "" : ",";
        encodings += is_base64 ? "\"base64\"" : "null";
        encoded = encoded || is_base64;
    };
    out += ",\"headers\":[";
    for (const auto& each : record.headers()) {
        add(each.key);
        add(each.value);
    }
    out += ']';
    if (encoded) out += ",\"headers_encoding\":[" + encodings + ']';
}

} // namespace

void record_format::add_text(char byte) {
    if (pieces_.empty() || pieces_.back().what != 0) pieces_.emplace_back();
    pieces_.back().text += byte;
}

void record_format::add_long(const std::string& name) {
    static constexpr std::array<std::pair<std::string_view, token>, 6> known{{
        {"iso", token::iso},
        {"epoch", token::epoch},
        {"value:hex", token::hex_value},
        {"value:base64", token::base64_value},
        {"key:hex", token::hex_key},
        {"key:base64", token::base64_key},
    }};
    for (const auto& [text, what] : known) {
        if (name == text) return void(pieces_.push_back({static_cast<char>(what), {}}));
    }
    if (!name.starts_with("header:")) throw usage_error{"-f: unknown token '%{" + name + "}'"};
    pieces_.push_back({static_cast<char>(token::header), name.substr(7)});
}

record_format::record_format(std::string_view text) {
    const auto bytes = unescaped(text);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        if (bytes[at] != '%') {
            add_text(bytes[at]);
            continue;
        }
        constexpr std::string_view known = "sSRkKtpoTh";
        const char letter = ++at < bytes.size() ? bytes[at] : '\0';
        if (letter == '%') {
            add_text('%');
        } else if (const auto end = letter == '{' ? bytes.find('}', at) : bytes.npos; end != bytes.npos) {
            add_long(bytes.substr(at + 1, end - at - 1));
            at = end;
        } else if (letter == '\0' || known.find(letter) == known.npos) {
            throw usage_error{"-f: unknown token '%" + bytes.substr(std::min(at, bytes.size()), 1) + "'"};
        } else {
            pieces_.push_back({letter, {}});
        }
    }
}

void record_format::append(std::string& out, const kasio::record_view& record, bool null_as_text) const {
    for (const auto& [what, text] : pieces_) {
        switch (what) {
            case static_cast<char>(token::text): out += text; break;
            case 's': append_bytes(out, record.value(), null_as_text); break;
            case 'S': out += std::to_string(length_of(record.value())); break;
            case 'R': append_big_endian(out, static_cast<std::uint32_t>(length_of(record.value()))); break;
            case 'k': append_bytes(out, record.key(), null_as_text); break;
            case 'K': out += std::to_string(length_of(record.key())); break;
            case 't': out += record.topic(); break;
            case 'p': out += std::to_string(record.partition()); break;
            case 'o': out += std::to_string(record.offset()); break;
            case 'T': out += std::to_string(record.timestamp().time_since_epoch().count()); break;
            case 'h': append_headers(out, record); break;
            case static_cast<char>(token::iso): append_date(out, record.timestamp()); break;
            case static_cast<char>(token::epoch): out += std::to_string(record.leader_epoch()); break;
            case static_cast<char>(token::hex_value): out += hexadecimal(record.value().view()); break;
            case static_cast<char>(token::base64_value): out += base64(record.value().view()); break;
            case static_cast<char>(token::hex_key): out += hexadecimal(record.key().view()); break;
            case static_cast<char>(token::base64_key): out += base64(record.key().view()); break;
            default:
                if (const auto found = record.headers().last(text)) append_bytes(out, *found, null_as_text);
        }
    }
}

void append_json(std::string& out, const kasio::record_view& record) {
    out += "{\"topic\":";
    append_json_string(out, record.topic());
    out += ",\"partition\":" + std::to_string(record.partition());
    out += ",\"offset\":" + std::to_string(record.offset());
    out += ",\"tstype\":\"";
    out += record.timestamp_type() == kasio::timestamp_type::create_time ? "create" : "logappend";
    out += "\",\"ts\":" + std::to_string(record.timestamp().time_since_epoch().count());
    if (!record.headers().empty()) append_json_headers(out, record);
    append_member(out, "key", record.key());
    append_member(out, "payload", record.value());
    out += "}\n";
}

} // namespace cli
