// SPDX-License-Identifier: BSL-1.0
#include "format.hpp"

#include "settings.hpp"

#include <cstdint>

namespace cli {

namespace {

long long length_of(kasio::bytes_view bytes) { return bytes.is_null() ? -1 : static_cast<long long>(bytes.size()); }

void append_bytes(std::string& out, kasio::bytes_view bytes, bool null_as_text) {
    if (bytes.is_null() && null_as_text) out += "NULL";
    else out += bytes.view();
}

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto lead = static_cast<unsigned char>(text[at]);
        const int more = lead < 0x80 ? 0 : lead >= 0xc2 && lead < 0xe0 ? 1 : lead >= 0xe0 && lead < 0xf0 ? 2
                                     : lead >= 0xf0 && lead < 0xf5 ? 3 : -1;
        if (more < 0 || at + static_cast<std::size_t>(more) >= text.size()) return false;
        const auto second = more > 0 ? static_cast<unsigned char>(text[at + 1]) : 0x80;
        if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) || (lead == 0xf0 && second < 0x90) ||
            (lead == 0xf4 && second > 0x8f)) {
            return false;
        }
        for (int step = 1; step <= more; ++step) {
            if ((static_cast<unsigned char>(text[at + static_cast<std::size_t>(step)]) & 0xc0) != 0x80) return false;
        }
        at += 1 + static_cast<std::size_t>(more);
    }
    return true;
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t group = 0;
        for (std::size_t step = 0; step < 3; ++step) {
            group = group << 8 | (at + step < bytes.size() ? static_cast<unsigned char>(bytes[at + step]) : 0U);
        }
        for (std::size_t step = 0; step < 4; ++step) {
            text += at + step > bytes.size() ? '=' : digits[group >> (18 - 6 * step) & 63U];
        }
    }
    return text;
}

/// `"name":value`, with `"name_encoding":"base64"` where the bytes are no text.
void append_member(std::string& out, std::string_view name, kasio::bytes_view bytes) {
    out += ",\"";
    out += name;
    out += "\":";
    if (bytes.is_null()) {
        out += "null";
    } else if (is_utf8(bytes.view())) {
        append_json_string(out, bytes.view());
    } else {
        append_json_string(out, base64(bytes.view()));
        out += ",\"";
        out += name;
        out += "_encoding\":\"base64\"";
    }
}

} // namespace

record_format::record_format(std::string_view text) {
    const auto bytes = unescaped(text);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        if (bytes[at] != '%') {
            if (pieces_.empty() || pieces_.back().token != 0) pieces_.emplace_back();
            pieces_.back().text += bytes[at];
            continue;
        }
        constexpr std::string_view known = "sSRkKtpoTh%";
        if (++at == bytes.size() || known.find(bytes[at]) == known.npos) {
            throw usage_error{"-f: unknown token '%" + bytes.substr(at, 1) + "'"};
        }
        pieces_.push_back({bytes[at], {}});
    }
}

void record_format::append(std::string& out, const kasio::record_view& record, bool null_as_text) const {
    for (const auto& piece : pieces_) {
        switch (piece.token) {
        case 0: out += piece.text; break;
        case 's': append_bytes(out, record.value(), null_as_text); break;
        case 'S': out += std::to_string(length_of(record.value())); break;
        case 'R': {
            const auto length = static_cast<std::uint32_t>(length_of(record.value()));
            for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(length >> shift);
            break;
        }
        case 'k': append_bytes(out, record.key(), null_as_text); break;
        case 'K': out += std::to_string(length_of(record.key())); break;
        case 't': out += record.topic(); break;
        case 'p': out += std::to_string(record.partition()); break;
        case 'o': out += std::to_string(record.offset()); break;
        case 'T': out += std::to_string(record.timestamp().time_since_epoch().count()); break;
        case 'h': {
            bool first = true;
            for (const auto& each : record.headers()) {
                if (!std::exchange(first, false)) out += ',';
                out += each.key;
                out += '=';
                append_bytes(out, each.value, true);
            }
            break;
        }
        default: out += '%';
        }
    }
}

void append_json_string(std::string& out, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += '"';
    for (const char each : text) {
        const auto code = static_cast<unsigned char>(each);
        if (each == '"' || each == '\\') {
            out += '\\';
            out += each;
        } else if (code < 0x20) {
            out += "\\u00";
            out += digits[code >> 4];
            out += digits[code & 15];
        } else {
            out += each;
        }
    }
    out += '"';
}

void append_json(std::string& out, const kasio::record_view& record) {
    out += "{\"topic\":";
    append_json_string(out, record.topic());
    out += ",\"partition\":" + std::to_string(record.partition());
    out += ",\"offset\":" + std::to_string(record.offset());
    out += ",\"tstype\":\"";
    out += record.timestamp_type() == kasio::timestamp_type::create_time ? "create" : "logappend";
    out += "\",\"ts\":" + std::to_string(record.timestamp().time_since_epoch().count());
    if (!record.headers().empty()) {
        out += ",\"headers\":[";
        bool first = true;
        for (const auto& each : record.headers()) {
            if (!std::exchange(first, false)) out += ',';
            append_json_string(out, each.key);
            out += ',';
            if (each.value.is_null()) out += "null";
            else append_json_string(out, is_utf8(each.value.view()) ? each.value.to_string() : base64(each.value.view()));
        }
        out += ']';
    }
    append_member(out, "key", record.key());
    append_member(out, "payload", record.value());
    out += "}\n";
}

} // namespace cli
