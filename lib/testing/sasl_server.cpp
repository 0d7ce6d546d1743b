// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#include "testing/sasl_server.hpp"

#include "base/base64.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <charconv>
#include <map>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

using reply = sasl_server::reply;
using verdict = sasl_server::reply::verdict;

reply refused(std::string text) {
    reply out;
    out.text = std::move(text);
    return out;
}

reply accepted(std::string token = {}) {
    reply out;
    out.what = verdict::accepted;
    out.token = std::move(token);
    return out;
}

const std::string* password_of(const broker_sasl& whom, std::string_view user) {
    const auto found = std::find_if(whom.users.begin(), whom.users.end(),
                                    [user](const auto& each) { return each.first == user; });
    return found == whom.users.end() ? nullptr : &found->second;
}

class plain_server final : public sasl_server {
public:
    explicit plain_server(broker_sasl whom) : whom_{std::move(whom)} {}

    reply on_token(std::string_view token, std::int64_t) override {
        const auto first = token.find('\0');
        const auto second = first == token.npos ? first : token.find('\0', first + 1);
        if (second == token.npos) return refused("Invalid SASL/PLAIN response: expected 3 tokens");
        const auto* password = password_of(whom_, token.substr(first + 1, second - first - 1));
        if (password == nullptr || *password != token.substr(second + 1))
            return refused("Authentication failed: Invalid username or password");
        return accepted();
    }

private:
    broker_sasl whom_;
};

/// RFC 5802: `n,,n=user,r=nonce`, then `c=biws,r=nonce,p=proof`.
class scram_server final : public sasl_server {
public:
    scram_server(broker_sasl whom, const EVP_MD* hash) : whom_{std::move(whom)}, hash_{hash} {}

    reply on_token(std::string_view token, std::int64_t) override {
        return client_first_.empty() ? on_first(token) : on_final(token);
    }

private:
    static std::map<char, std::string> fields_of(std::string_view text) {
        std::map<char, std::string> found;
        while (!text.empty()) {
            const auto end = std::min(text.find(','), text.size());
            const auto field = text.substr(0, end);
            if (field.size() > 1 && field[1] == '=') found.emplace(field[0], field.substr(2));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        return found;
    }
    static std::string unescaped(std::string name) {
        for (const auto& [code, letter] : {std::pair{"=2C", ","}, {"=3D", "="}}) {
            for (auto at = name.find(code); at != name.npos; at = name.find(code, at + 1))
                name.replace(at, 3, letter);
        }
        return name;
    }
    std::string hmac(std::string_view key, std::string_view text) const {
        unsigned char out[EVP_MAX_MD_SIZE];
        unsigned size = 0;
        HMAC(hash_, key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), out, &size);
        return {reinterpret_cast<char*>(out), size};
    }
    std::string digest(std::string_view text) const {
        unsigned char out[EVP_MAX_MD_SIZE];
        unsigned size = 0;
        EVP_Digest(text.data(), text.size(), out, &size, hash_, nullptr);
        return {reinterpret_cast<char*>(out), size};
    }
    std::string salted(std::string_view password) const {
        std::string out(static_cast<std::size_t>(EVP_MD_get_size(hash_)), '\0');
        PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                          reinterpret_cast<const unsigned char*>(salt.data()), static_cast<int>(salt.size()),
                          static_cast<int>(std::min(whom_.scram_iterations, 1'000'000U)), hash_,
                          static_cast<int>(out.size()), reinterpret_cast<unsigned char*>(out.data()));
        return out;
    }

    reply on_first(std::string_view token) {
        if (!token.starts_with("n,,")) return refused("Invalid SASL/SCRAM client first message");
        client_first_ = token.substr(3);
        auto fields = fields_of(client_first_);
        user_ = unescaped(fields['n']);
        nonce_ = fields['r'] + "fedcba9876543210";
        server_first_ = "r=" + nonce_ + ",s=" + to_base64(bytes_view{salt}) +
                        ",i=" + std::to_string(whom_.scram_iterations);
        reply out;
        out.what = verdict::go_on;
        out.token = server_first_;
        return out;
    }

    reply on_final(std::string_view token) {
        const auto proof_at = token.rfind(",p=");
        auto fields = fields_of(token);
        const auto* password = password_of(whom_, user_);
        const auto proof = from_base64(fields['p']);
        if (proof_at == token.npos || password == nullptr || !proof || fields['r'] != nonce_ ||
            fields['c'] != "biws")
            return refused(
                "Authentication failed during authentication due to invalid credentials with SASL mechanism");
        const auto key = salted(*password);
        const auto auth = client_first_ + ',' + server_first_ + ',' + std::string{token.substr(0, proof_at)};
        const auto signature = hmac(digest(hmac(key, "Client Key")), auth);
        std::string client_key = *proof;
        client_key.resize(signature.size());
        for (std::size_t i = 0; i < signature.size(); ++i)
            client_key[i] = static_cast<char>(client_key[i] ^ signature[i]);
        if (digest(client_key) != digest(hmac(key, "Client Key")))
            return refused(
                "Authentication failed during authentication due to invalid credentials with SASL mechanism");
        return accepted("v=" + to_base64(bytes_view{hmac(hmac(key, "Server Key"), auth)}));
    }

    static constexpr std::string_view salt = "some salt of ours";
    broker_sasl whom_;
    const EVP_MD* hash_;
    std::string client_first_;
    std::string server_first_;
    std::string user_;
    std::string nonce_;
};

/// RFC 7628; of a token that nobody signed only `exp` is looked at.
class oauth_server final : public sasl_server {
public:
    explicit oauth_server(broker_sasl whom) : whom_{std::move(whom)} {}

    reply on_token(std::string_view token, std::int64_t now) override {
        if (complained_) return refused(complaint);
        constexpr std::string_view head =
            "n,,\x01"
            "auth=Bearer ";
        const auto end = token.find('\x01', head.size());
        if (!token.starts_with(head) || end == token.npos)
            return refused("Invalid OAUTHBEARER client first message");
        const auto bearer = token.substr(head.size(), end - head.size());
        const auto expires = expiry_of(bearer);
        const bool listed = std::find(whom_.tokens.begin(), whom_.tokens.end(), bearer) != whom_.tokens.end();
        const bool unsigned_one = whom_.accept_unsecured_tokens && expires && *expires > now;
        if ((!listed && !unsigned_one) || !has_extensions(token.substr(end))) {
            complained_ = true;
            reply out;
            out.what = verdict::go_on;
            out.token = complaint;
            return out;
        }
        auto out = accepted();
        out.end = expires;
        return out;
    }

private:
    bool has_extensions(std::string_view tail) const {
        return std::all_of(whom_.extensions.begin(), whom_.extensions.end(), [tail](const auto& each) {
            return tail.find('\x01' + each.first + '=' + each.second + '\x01') != tail.npos;
        });
    }
    /// The `exp` of a JWT, in milliseconds.
    static std::optional<std::int64_t> expiry_of(std::string_view token) {
        const auto first = token.find('.');
        const auto second = first == token.npos ? first : token.find('.', first + 1);
        if (second == token.npos) return std::nullopt;
        const auto claims = from_base64url(token.substr(first + 1, second - first - 1));
        constexpr std::string_view name = "\"exp\":";
        const auto at = claims ? claims->find(name) : std::string::npos;
        if (at == std::string::npos) return std::nullopt;
        double seconds = 0;
        const auto* begin = claims->data() + at + name.size();
        if (std::from_chars(begin, claims->data() + claims->size(), seconds).ec != std::errc{})
            return std::nullopt;
        return static_cast<std::int64_t>(seconds * 1000);
    }

    static constexpr const char* complaint = "{\"status\":\"invalid_token\"}";
    broker_sasl whom_;
    bool complained_ = false;
};

} // namespace

std::unique_ptr<sasl_server> sasl_server::create(std::string_view mechanism, const broker_sasl& whom) {
    if (std::find(whom.mechanisms.begin(), whom.mechanisms.end(), mechanism) == whom.mechanisms.end())
        return nullptr;
    if (mechanism == "PLAIN") return std::make_unique<plain_server>(whom);
    if (mechanism == "SCRAM-SHA-256") return std::make_unique<scram_server>(whom, EVP_sha256());
    if (mechanism == "SCRAM-SHA-512") return std::make_unique<scram_server>(whom, EVP_sha512());
    if (mechanism == "OAUTHBEARER") return std::make_unique<oauth_server>(whom);
    return nullptr;
}

} // namespace testing
KASIO_END_NAMESPACE
