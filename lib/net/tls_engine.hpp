// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "net/tls_errors.hpp"

#include <kasio/tls_options.hpp>

#include <boost/asio/buffer.hpp>

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>

KASIO_BEGIN_NAMESPACE

/// OpenSSL between bytes in clear and bytes on the wire; whoever uses it moves the latter. No socket, no
/// wait.
///
/// OpenSSL reads from and writes to two buffers that lie here, so a batch of records goes to the socket in
/// one call, and an idle connection holds little.
class tls_engine {
public:
    /// What a step came to.
    enum class step : unsigned char {
        /// Something was done.
        done,
        /// More bytes from the peer are needed.
        needs_input,
        /// The peer ended the connection with a close_notify.
        ended,
        failed,
    };

    /// What the peer may make us hold back, or one write turns into, at most.
    static constexpr std::size_t largest_output = 1024 * 1024;
    /// The bytes in clear that one `encrypt` takes.
    static constexpr std::size_t largest_batch = 64 * 1024;
    /// A TLS record's content.
    static constexpr std::size_t record_size = 16 * 1024;

    /// Prepares a client's side that talks to `host`. False: see `failure`.
    [[nodiscard]] bool start(SSL_CTX* context, const tls_options& options, const std::string& host);

    [[nodiscard]] step handshake();
    /// Decrypts what has come; `size` tells how much. `done` only with at least a byte.
    [[nodiscard]] step decrypt(boost::asio::mutable_buffer to, std::size_t& size);
    /// Encrypts the front of `pieces`, at most `largest_batch`; small pieces are put together first.
    [[nodiscard]] step encrypt(std::span<const boost::asio::const_buffer> pieces, std::size_t& size);
    /// Says goodbye, once; the peer is not waited for.
    void end();

    /// Where bytes from the peer go, and that they came.
    [[nodiscard]] boost::asio::mutable_buffer prepare_input();
    void commit_input(std::size_t size) noexcept;
    [[nodiscard]] bool has_input() const noexcept { return input_end_ != input_begin_; }
    /// Whether the peer ever sent anything.
    [[nodiscard]] bool heard() const noexcept { return heard_; }
    /// What must go to the peer next, and that it went. The bytes stay where they are until then, whatever is
    /// done meanwhile.
    [[nodiscard]] boost::asio::const_buffer output() noexcept;
    void consume_output(std::size_t size) noexcept;

    [[nodiscard]] const tls_failure& failure() const noexcept { return failure_; }

private:
    struct ssl_freeing {
        void operator()(SSL* it) const noexcept { SSL_free(it); }
    };
    struct buffer {
        std::unique_ptr<unsigned char[]> bytes;
        std::size_t capacity = 0;
    };

    static BIO_METHOD* bio_method();
    static int bio_write(BIO* bio, const char* from, std::size_t size, std::size_t* written);
    static int bio_read(BIO* bio, char* to, std::size_t size, std::size_t* got);
    static int note_names(int good, X509_STORE_CTX* at);
    static long bio_ctrl(BIO* bio, int command, long, void*);

    [[nodiscard]] bool check_host();
    [[nodiscard]] bool fail_start(const std::string& what);
    [[nodiscard]] step outcome(int result, bool in_handshake);
    [[nodiscard]] bool encrypt_one(const void* from, std::size_t size, std::size_t& total);
    [[nodiscard]] bool append_output(const char* from, std::size_t size);

    std::unique_ptr<SSL, ssl_freeing> line_;
    std::string host_;
    /// For whom the certificate is that did not fit: OpenSSL drops it.
    std::string names_;
    tls_failure failure_;
    buffer input_;
    std::size_t input_begin_ = 0;
    std::size_t input_end_ = 0;
    buffer output_;
    std::size_t output_end_ = 0;
    buffer sending_;
    std::size_t sending_begin_ = 0;
    std::size_t sending_end_ = 0;
    bool heard_ = false;
    bool broken_ = false;
};

KASIO_END_NAMESPACE
