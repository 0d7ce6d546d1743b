// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/record.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// kcat's `-f`: `%s` value, `%S` its length or -1, `%R` the same in four bytes, `%k` `%K` key, `%t` topic,
/// `%p` partition, `%o` offset, `%T` timestamp in milliseconds, `%h` headers as n=v,n=v, `%%`; and escapes.
/// Ours:
/// `%{iso}` the timestamp as a date, `%{header:NAME}`, `%{value:hex}`, `%{value:base64}`, the same with
/// `key`, and
/// `%{epoch}`, the leader's.
class record_format {
public:
    /// Throws `usage_error`.
    explicit record_format(std::string_view text);
    void append(std::string& out, const kasio::record_view& record, bool null_as_text) const;

private:
    enum class token : char {
        text = 0,
        iso = 'i',
        header = 'H',
        hex_value = 'x',
        base64_value = '6',
        hex_key = 'X',
        base64_key = '7',
        epoch = 'e',
    };
    struct piece {
        char what = 0; // kcat's letter, or a token
        std::string text;
    };
    void add_text(char byte);
    void add_long(const std::string& name);
    std::vector<piece> pieces_;
};

/// One JSON object and a line feed, with kcat's members. Bytes that are not UTF-8 come as base64, told by
/// `key_encoding`, `payload_encoding`, and, for headers, by `headers_encoding`, which is as long as
/// `headers`.
void append_json(std::string& out, const kasio::record_view& record);

} // namespace cli
