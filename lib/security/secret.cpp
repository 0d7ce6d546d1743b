// SPDX-License-Identifier: BSL-1.0
#include "security/secret.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

KASIO_BEGIN_NAMESPACE

secret::secret(std::size_t size) : bytes_{std::make_unique<char[]>(size)}, size_{size} {}

secret::secret(std::string_view text) : secret{text.size()} {
    std::copy(text.begin(), text.end(), bytes_.get());
}

secret::secret(secret&& other) noexcept
    : bytes_{std::move(other.bytes_)}, size_{std::exchange(other.size_, 0)} {}

secret& secret::operator=(secret&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    return *this;
}

secret::~secret() {
    if (bytes_) OPENSSL_cleanse(bytes_.get(), size_);
}

KASIO_END_NAMESPACE
