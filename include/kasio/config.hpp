// SPDX-License-Identifier: BSL-1.0
#pragma once

/// The library's inline namespace: raised together with the soname at each ABI break.
#define KASIO_BEGIN_NAMESPACE                                                                                \
    namespace kasio {                                                                                        \
    inline namespace v0 {
#define KASIO_END_NAMESPACE                                                                                  \
    }                                                                                                        \
    }

/// Marks what the compiled library exports; everything else is hidden.
#if defined(__GNUC__)
#define KASIO_DECL __attribute__((visibility("default")))
#else
#define KASIO_DECL
#endif
