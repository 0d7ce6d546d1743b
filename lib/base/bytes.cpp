// SPDX-License-Identifier: BSL-1.0
#include <kasio/bytes.hpp>

#include <ostream>

KASIO_BEGIN_NAMESPACE

std::ostream& operator<<(std::ostream& out, bytes_view bytes) {
    if (bytes.is_null()) return out << "NULL";
    return out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

KASIO_END_NAMESPACE
