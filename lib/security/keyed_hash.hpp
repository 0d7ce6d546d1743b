// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "security/scram.hpp"
#include "security/secret.hpp"

#include <openssl/types.h>

#include <memory>
#include <string_view>

KASIO_BEGIN_NAMESPACE

/// HMAC under one key for many inputs; the key is prepared once.
class keyed_hash {
public:
    keyed_hash(scram_hash hash, std::string_view key);
    /// `out` may hold the input. False when OpenSSL fails (no memory, algorithm forbidden by its
    /// configuration).
    [[nodiscard]] bool sum(std::string_view input, secret& out);

private:
    struct deleter {
        void operator()(EVP_MAC_CTX* context) const noexcept;
    };
    std::unique_ptr<EVP_MAC_CTX, deleter> context_;
};

[[nodiscard]] bool digest(scram_hash hash, std::string_view input, secret& out);

KASIO_END_NAMESPACE
