// SPDX-License-Identifier: BSL-1.0
#include "base/wipe.hpp"

#include <kasio/secret_text.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

// A call through it cannot be taken out.
void* (*const volatile fill)(void*, int, std::size_t) = std::memset;

} // namespace

void wipe(void* bytes, std::size_t size) noexcept {
    if (size > 0) fill(bytes, 0, size);
}

secret_text::secret_text(std::string_view text)
    : bytes_{std::make_unique<char[]>(text.size())}, size_{text.size()} {
    std::copy(text.begin(), text.end(), bytes_.get());
}

secret_text::secret_text(secret_text&& other) noexcept
    : bytes_{std::move(other.bytes_)}, size_{std::exchange(other.size_, 0)} {}

secret_text& secret_text::operator=(secret_text other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    return *this;
}

secret_text::~secret_text() {
    if (bytes_) wipe(bytes_.get(), size_);
}

KASIO_END_NAMESPACE
