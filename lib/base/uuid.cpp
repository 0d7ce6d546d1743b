// SPDX-License-Identifier: BSL-1.0
#include <kasio/uuid.hpp>

#include "base/base64.hpp"

#include <cstring>
#include <ostream>

KASIO_BEGIN_NAMESPACE

std::string uuid::to_string() const { return to_base64url(bytes_view{bytes.data(), bytes.size()}); }

std::optional<uuid> uuid::parse(std::string_view text) {
    const auto decoded = from_base64url(text);
    if (!decoded || decoded->size() != 16) return std::nullopt;
    uuid id;
    std::memcpy(id.bytes.data(), decoded->data(), id.bytes.size());
    return id;
}

std::ostream& operator<<(std::ostream& out, const uuid& id) { return out << id.to_string(); }

KASIO_END_NAMESPACE
