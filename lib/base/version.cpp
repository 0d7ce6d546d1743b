// SPDX-License-Identifier: BSL-1.0
#include <kasio/features.hpp>
#include <kasio/version.hpp>

KASIO_BEGIN_NAMESPACE

int version() noexcept { return KASIO_VERSION; }

std::string_view features() noexcept {
    return "gzip,lz4"
#if KASIO_HAS_SNAPPY
           ",snappy"
#endif
#if KASIO_HAS_ZSTD
           ",zstd"
#endif
#if KASIO_HAS_GSSAPI
           ",gssapi"
#endif
        ;
}

KASIO_END_NAMESPACE
