// SPDX-License-Identifier: BSL-1.0
#include "security/keyed_hash.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

KASIO_BEGIN_NAMESPACE

namespace {

std::size_t size_of(scram_hash hash) { return hash == scram_hash::sha_256 ? 32 : 64; }

const unsigned char* raw(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* room_in(secret& out, std::size_t size) {
    if (out.size() != size) out = secret{size};
    return reinterpret_cast<unsigned char*>(out.data());
}

} // namespace

void keyed_hash::deleter::operator()(EVP_MAC_CTX* context) const noexcept {
    EVP_MAC_CTX_free(context); // wipes the key
}

keyed_hash::keyed_hash(scram_hash hash, std::string_view key) {
    EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    context_.reset(mac ? EVP_MAC_CTX_new(mac) : nullptr);
    EVP_MAC_free(mac);
    char name[] = "SHA256";
    char long_name[] = "SHA512";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
                                         hash == scram_hash::sha_256 ? name : long_name, 0),
        OSSL_PARAM_construct_end()};
    if (context_ && EVP_MAC_init(context_.get(), raw(key), key.size(), parameters) != 1) context_.reset();
}

bool keyed_hash::sum(std::string_view input, secret& out) {
    auto* context = context_.get();
    if (!context || EVP_MAC_init(context, nullptr, 0, nullptr) != 1 ||
        EVP_MAC_update(context, raw(input), input.size()) != 1)
        return false;
    const auto size = EVP_MAC_CTX_get_mac_size(context);
    std::size_t written = 0;
    return EVP_MAC_final(context, room_in(out, size), &written, size) == 1 && written == size;
}

bool digest(scram_hash hash, std::string_view input, secret& out) {
    const auto* type = hash == scram_hash::sha_256 ? EVP_sha256() : EVP_sha512();
    return EVP_Digest(input.data(), input.size(), room_in(out, size_of(hash)), nullptr, type, nullptr) == 1;
}

KASIO_END_NAMESPACE
