// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/asio/detail/config.hpp>
#include <boost/version.hpp>

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

// The Asio guard. Asio's classes are compiled into the library and into its user, and they differ by how Asio is
// configured: mixed, timers never fire, or the program crashes. So what they depend on makes up the name of a symbol
// which every user refers to and of which the library defines only its own. A program that is configured otherwise
// does not link: "undefined reference to kasio::v0::asio_abi_<backend>_<threads>_<tracking>_<Boost version>".
// Then build kasio with the program's Boost and macros (as a subproject, for instance), or the program with kasio's.
#if defined(BOOST_ASIO_HAS_IOCP)
#define KASIO_ASIO_BACKEND iocp
#elif defined(BOOST_ASIO_HAS_IO_URING_AS_DEFAULT)
#define KASIO_ASIO_BACKEND io_uring
#elif defined(BOOST_ASIO_HAS_EPOLL)
#define KASIO_ASIO_BACKEND epoll
#elif defined(BOOST_ASIO_HAS_KQUEUE)
#define KASIO_ASIO_BACKEND kqueue
#elif defined(BOOST_ASIO_HAS_DEV_POLL)
#define KASIO_ASIO_BACKEND dev_poll
#else
#define KASIO_ASIO_BACKEND select
#endif

#if defined(BOOST_ASIO_HAS_THREADS)
#define KASIO_ASIO_THREADS mt
#else
#define KASIO_ASIO_THREADS st
#endif

#if defined(BOOST_ASIO_CUSTOM_HANDLER_TRACKING) || defined(BOOST_ASIO_ENABLE_HANDLER_TRACKING)
#define KASIO_ASIO_TRACKING tracked
#else
#define KASIO_ASIO_TRACKING plain
#endif

#define KASIO_ASIO_ABI_PASTE(backend, threads, tracking, boost)                                              \
    asio_abi_##backend##_##threads##_##tracking##_##boost
#define KASIO_ASIO_ABI_NAME(backend, threads, tracking, boost)                                               \
    KASIO_ASIO_ABI_PASTE(backend, threads, tracking, boost)
#define KASIO_ASIO_ABI                                                                                       \
    KASIO_ASIO_ABI_NAME(KASIO_ASIO_BACKEND, KASIO_ASIO_THREADS, KASIO_ASIO_TRACKING, BOOST_VERSION)

// `retain` keeps the reference when the linker drops unused sections.
#if defined(__has_attribute)
#if __has_attribute(retain)
#define KASIO_KEEP __attribute__((used, retain))
#endif
#endif
#if !defined(KASIO_KEEP)
#define KASIO_KEEP __attribute__((used))
#endif

KASIO_BEGIN_NAMESPACE
KASIO_DECL extern const int KASIO_ASIO_ABI;
KASIO_KEEP static const int* const asio_abi = &KASIO_ASIO_ABI;
KASIO_END_NAMESPACE
