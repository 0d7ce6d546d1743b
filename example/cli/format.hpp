// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/record.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// kcat's `-f`: `%s` value, `%S` its length or -1, `%R` the same in four bytes, `%k` `%K` key, `%t` topic, `%p`
/// partition, `%o` offset, `%T` timestamp in milliseconds, `%h` headers as n=v,n=v, `%%`; and escapes.
class record_format {
public:
    explicit record_format(std::string_view text);
    void append(std::string& out, const kasio::record_view& record, bool null_as_text) const;

private:
    struct piece {
        char token = 0; // 0: text
        std::string text;
    };
    std::vector<piece> pieces_;
};

/// One JSON object and a line feed. Bytes that are not UTF-8 come as base64, told by `payload_encoding`.
void append_json(std::string& out, const kasio::record_view& record);
/// A JSON string, quoted; text must be UTF-8.
void append_json_string(std::string& out, std::string_view text);

} // namespace cli
