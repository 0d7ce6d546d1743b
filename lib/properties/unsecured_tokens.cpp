// SPDX-License-Identifier: BSL-1.0
#include "base/base64.hpp"

#include <kasio/token_source.hpp>

#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

/// A text of JSON.
std::string quoted(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out = "\"";
    for (const char each : text) {
        const auto code = static_cast<unsigned char>(each);
        if (each == '"' || each == '\\') (out += '\\') += each;
        else if (code < 0x20) (((out += "\\u00") += digits[code >> 4]) += digits[code & 15]);
        else out += each;
    }
    return out + '"';
}

} // namespace

token_source unsecured_tokens(std::string subject, std::chrono::seconds lifetime,
                              std::vector<std::pair<std::string, std::string>> claims) {
    std::string tail;
    for (const auto& [name, value] : claims) tail += ',' + quoted(name) + ':' + quoted(value);
    return [subject = quoted(subject), lifetime, tail = std::move(tail)](
               boost::asio::any_completion_handler<void(error_code, oauth_token)> handler) {
        using namespace std::chrono;
        const auto now = floor<seconds>(system_clock::now());
        const auto end = now + lifetime;
        const auto text = [](system_clock::time_point when) {
            return std::to_string(duration_cast<seconds>(when.time_since_epoch()).count());
        };
        const std::string body =
            "{\"sub\":" + subject + ",\"iat\":" + text(now) + ",\"exp\":" + text(end) + tail + '}';
        const std::string head = R"({"alg":"none"})";
        oauth_token token{to_base64url(bytes_view{head}) + '.' + to_base64url(bytes_view{body}) + '.', end};
        std::move(handler)(error_code{}, std::move(token));
    };
}

KASIO_END_NAMESPACE
