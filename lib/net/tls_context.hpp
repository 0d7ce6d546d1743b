// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/error.hpp>
#include <kasio/tls_options.hpp>

#include <memory>
#include <string>

KASIO_BEGIN_NAMESPACE

/// What an `ssl::context` for new connections became.
struct tls_context {
    std::shared_ptr<boost::asio::ssl::context> context;
    /// `invalid_option` when there is none; then `text` says which option is wrong and why.
    error_code error;
    std::string text;
};

/// The context that `options` describe: the user's own, or one made of the files and texts. Reads the files
/// of the options, and nothing else, synchronously. A context is shared by all connections that run while
/// neither the options nor the time of change, the size and the inode of a file differ; otherwise everything
/// is read anew. May be called from any thread.
[[nodiscard]] tls_context tls_context_of(const tls_options& options);

/// The same, always read anew.
[[nodiscard]] tls_context make_tls_context(const tls_options& options);

KASIO_END_NAMESPACE
