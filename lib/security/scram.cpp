// SPDX-License-Identifier: BSL-1.0
#include "security/scram.hpp"

#include "base/base64.hpp"
#include "security/keyed_hash.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>

KASIO_BEGIN_NAMESPACE

namespace {

std::string base64_of(std::string_view bytes) {
    return to_base64(std::as_bytes(std::span{bytes.data(), bytes.size()}));
}

std::string escaped(std::string_view name) {
    std::string result;
    for (const char c : name) {
        if (c == ',') result += "=2C";
        else if (c == '=') result += "=3D";
        else result += c;
    }
    return result;
}

/// Takes `<letter>=<value>` and the comma behind it from the front of a message.
std::optional<std::string_view> take(std::string_view& rest, char letter) {
    if (rest.size() < 2 || rest[0] != letter || rest[1] != '=') return std::nullopt;
    const auto comma = rest.find(',');
    const auto value = rest.substr(2, comma == rest.npos ? rest.npos : comma - 2);
    // A comma at the very end promises an attribute that is not there: kept, so that the rest is found wrong.
    rest = comma == rest.npos ? std::string_view{} : rest.substr(comma + (comma + 1 < rest.size() ? 1 : 0));
    return value;
}

/// Optional extensions: letters with values, which are ignored; `m` is one that must be understood.
bool harmless_extensions(std::string_view rest) {
    while (!rest.empty()) {
        const char c = rest[0];
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter || c == 'm' || !take(rest, c)) return false;
    }
    return true;
}

std::optional<std::uint32_t> number(std::string_view text) {
    std::uint32_t value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || text[0] == '0' || failure != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

bool is_nonce(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f && c != ','; });
}

// `e=` in the broker's messages is its refusal, of a wrong password most of all, so it is `authentication_failed` with
// the broker's word; `server_proof_invalid` says that the broker is not who it should be, and is kept for that. Either
// ends the exchange, and nothing more is sent.
class scram final : public sasl_machine {
public:
    explicit scram(const scram_parameters& p)
        : hash_{p.hash},
          username_{p.username},
          password_{p.password},
          tokenauth_{p.token_authentication},
          max_iterations_{p.max_iterations},
          nonce_{p.nonce} {}

    sasl_step start() override {
        if (state_ != state::fresh) return failure(errc::authentication_failed, "started twice");
        if (username_.empty() || password_.size() == 0)
            return failure(errc::invalid_option, "user name and password must not be empty");
        if (nonce_.empty() || !is_nonce(nonce_))
            return failure(errc::authentication_failed, "no randomness for a nonce");
        first_bare_ = "n=" + escaped(username_) + ",r=" + nonce_ + (tokenauth_ ? ",tokenauth=true" : "");
        state_ = state::first_sent;
        return send("n,," + first_bare_);
    }

    sasl_step on_message(std::string_view message) override {
        if (state_ == state::first_sent) return on_server_first(message);
        if (state_ == state::final_sent) return on_server_final(message);
        return failure(errc::authentication_failed, "the broker spoke out of turn");
    }

    sasl_step on_work() override {
        if (state_ != state::hashing) return failure(errc::authentication_failed, "there is nothing to hash");
        for (auto n = std::min(rounds_left_, scram_rounds_per_slice); n > 0; --n, --rounds_left_) {
            if (!key_->sum(round_.view(), round_))
                return failure(errc::authentication_failed, "hashing failed");
            for (std::size_t i = 0; i < round_.size(); ++i)
                salted_.data()[i] = static_cast<char>(salted_.view()[i] ^ round_.view()[i]);
        }
        if (rounds_left_ > 0) return sasl_step{sasl_step::action::work};
        return client_final();
    }

private:
    enum class state : std::uint8_t { fresh, first_sent, hashing, final_sent, over };

    sasl_step failure(errc code, std::string text) {
        state_ = state::over;
        return sasl_failure(code, "SCRAM: " + std::move(text));
    }

    static sasl_step send(std::string_view text) {
        sasl_step step{sasl_step::action::send};
        step.message = secret{text};
        return step;
    }

    sasl_step on_server_first(std::string_view message) {
        auto rest = message;
        if (const auto refusal = take(rest, 'e'))
            return failure(errc::authentication_failed, "the broker refused: " + printable(*refusal));
        if (message.starts_with("m="))
            return failure(errc::authentication_failed, "the broker demands an extension that is not known");
        const auto nonce = take(rest, 'r');
        const auto salt_text = take(rest, 's');
        const auto rounds_text = take(rest, 'i');
        if (!nonce || !salt_text || !rounds_text || !harmless_extensions(rest))
            return failure(errc::authentication_failed, "the broker's first message is malformed");
        if (!is_nonce(*nonce) || !nonce->starts_with(nonce_) || nonce->size() == nonce_.size())
            return failure(errc::server_proof_invalid, "the broker's nonce does not continue ours");
        const auto salt = from_base64(*salt_text);
        if (!salt || salt->empty())
            return failure(errc::authentication_failed, "the salt is empty or not base 64");
        const auto rounds = number(*rounds_text);
        if (!rounds || *rounds < scram_min_iterations || *rounds > max_iterations_)
            return failure(errc::authentication_failed, "the broker asks for " + printable(*rounds_text) +
                                                            " iterations, allowed are " +
                                                            std::to_string(scram_min_iterations) + " to " +
                                                            std::to_string(max_iterations_));
        server_first_ = message;
        final_bare_ = "c=biws,r=" + std::string{*nonce};
        key_.emplace(hash_, password_.view());
        if (!key_->sum(*salt + std::string{"\0\0\0\1", 4}, round_))
            return failure(errc::authentication_failed, "hashing failed");
        salted_ = secret{round_.view()};
        rounds_left_ = *rounds - 1;
        state_ = state::hashing;
        return sasl_step{sasl_step::action::work};
    }

    sasl_step client_final() {
        const std::string auth = first_bare_ + ',' + server_first_ + ',' + final_bare_;
        keyed_hash salted{hash_, salted_.view()};
        secret client_key;
        secret server_key;
        secret stored_key;
        secret signature;
        if (!salted.sum("Client Key", client_key) || !salted.sum("Server Key", server_key) ||
            !digest(hash_, client_key.view(), stored_key) ||
            !keyed_hash{hash_, stored_key.view()}.sum(auth, signature) ||
            !keyed_hash{hash_, server_key.view()}.sum(auth, expected_))
            return failure(errc::authentication_failed, "hashing failed");
        for (std::size_t i = 0; i < client_key.size(); ++i)
            client_key.data()[i] = static_cast<char>(client_key.view()[i] ^ signature.view()[i]);
        key_.reset();
        state_ = state::final_sent;
        return send(final_bare_ + ",p=" + base64_of(client_key.view()));
    }

    sasl_step on_server_final(std::string_view message) {
        auto rest = message;
        if (const auto refusal = take(rest, 'e'))
            return failure(errc::authentication_failed, "the broker refused: " + printable(*refusal));
        const auto text = take(rest, 'v');
        const auto proof = text ? from_base64(*text) : std::nullopt;
        if (!proof || !harmless_extensions(rest) || proof->size() != expected_.size() ||
            CRYPTO_memcmp(proof->data(), expected_.data(), expected_.size()) != 0)
            return failure(errc::server_proof_invalid, "the broker did not prove that it knows the secret");
        state_ = state::over;
        return sasl_step{sasl_step::action::done};
    }

    scram_hash hash_;
    std::string username_;
    secret password_;
    bool tokenauth_;
    std::uint32_t max_iterations_;
    std::string nonce_;
    state state_ = state::fresh;
    std::string first_bare_;
    std::string server_first_;
    std::string final_bare_;
    std::optional<keyed_hash> key_;
    secret round_;
    secret salted_;
    secret expected_;
    std::uint32_t rounds_left_ = 0;
};

} // namespace

std::unique_ptr<sasl_machine> make_scram(const scram_parameters& parameters) {
    return std::make_unique<scram>(parameters);
}

std::string make_scram_nonce() {
    std::array<unsigned char, 18> random{};
    if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) return {};
    return to_base64url(std::as_bytes(std::span<const unsigned char>{random}));
}

KASIO_END_NAMESPACE
