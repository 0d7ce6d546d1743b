// SPDX-License-Identifier: BSL-1.0
#include "net/tls_context.hpp"

#include "net/tls_credentials.hpp"
#include "net/tls_errors.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/system/system_error.hpp>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <sys/stat.h>

#include <array>
#include <map>
#include <mutex>

KASIO_BEGIN_NAMESPACE

namespace {

using boost::asio::ssl::context;

int number_of(tls_version version) noexcept {
    return version == tls_version::tls_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION;
}

std::string set_versions(SSL_CTX* to, const tls_options& options) {
    if (options.min_version > options.max_version) return "min_version is above max_version";
    if (SSL_CTX_set_min_proto_version(to, number_of(options.min_version)) != 1 ||
        SSL_CTX_set_max_proto_version(to, number_of(options.max_version)) != 1)
        return "min_version, max_version: " + take_openssl_errors();
    return {};
}

std::string set_lists(SSL_CTX* to, const tls_options& options) {
    const auto wrong = [](const char* name, const std::string& value) {
        return std::string{name} + " '" + value + "': " + take_openssl_errors();
    };
    if (!options.ciphers.empty() && SSL_CTX_set_cipher_list(to, options.ciphers.c_str()) != 1)
        return wrong("ciphers", options.ciphers);
    if (!options.cipher_suites.empty() && SSL_CTX_set_ciphersuites(to, options.cipher_suites.c_str()) != 1)
        return wrong("cipher_suites", options.cipher_suites);
    if (!options.curves.empty() && SSL_CTX_set1_groups_list(to, options.curves.c_str()) != 1)
        return wrong("curves", options.curves);
    if (!options.signature_algorithms.empty() &&
        SSL_CTX_set1_sigalgs_list(to, options.signature_algorithms.c_str()) != 1)
        return wrong("signature_algorithms", options.signature_algorithms);
    return {};
}

std::string configure(SSL_CTX* to, const tls_options& options) {
    // A peer may not make us handshake again; idle connections hold no buffers.
    SSL_CTX_set_options(to, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(to, SSL_MODE_RELEASE_BUFFERS);
    if (auto wrong = set_versions(to, options); !wrong.empty()) return wrong;
    if (auto wrong = set_lists(to, options); !wrong.empty()) return wrong;
    if (auto wrong = load_trust(to, options); !wrong.empty()) return wrong;
    return load_identity(to, options);
}

/// Everything a context is made of as one digest: no secret is kept in it.
class fingerprint {
public:
    using value = std::array<unsigned char, 32>;

    fingerprint() : state_{EVP_MD_CTX_new()} {
        good_ = state_ != nullptr && EVP_DigestInit_ex(state_, EVP_sha256(), nullptr) == 1;
    }
    fingerprint(const fingerprint&) = delete;
    fingerprint& operator=(const fingerprint&) = delete;
    ~fingerprint() { EVP_MD_CTX_free(state_); }

    void text(const std::string& text) {
        number(text.size());
        add(text.data(), text.size());
    }
    /// The file's name and what changes when it is written anew.
    void file(const std::string& path) {
        text(path);
        struct stat found {};
        if (path.empty() || ::stat(path.c_str(), &found) != 0) return number(0);
        number(static_cast<std::uint64_t>(found.st_size));
        number(static_cast<std::uint64_t>(found.st_ino));
#if defined(__APPLE__)
        const auto& changed = found.st_mtimespec;
#else
        const auto& changed = found.st_mtim;
#endif
        number(static_cast<std::uint64_t>(changed.tv_sec));
        number(static_cast<std::uint64_t>(changed.tv_nsec));
    }
    void number(std::uint64_t value) { add(&value, sizeof value); }
    [[nodiscard]] bool finish(value& to) {
        return good_ && EVP_DigestFinal_ex(state_, to.data(), nullptr) == 1;
    }

private:
    void add(const void* bytes, std::size_t size) {
        good_ = good_ && EVP_DigestUpdate(state_, bytes, size) == 1;
    }

    EVP_MD_CTX* state_;
    bool good_;
};

bool fingerprint_of(const tls_options& options, fingerprint::value& to) {
    fingerprint of;
    for (const auto* file : {&options.ca_file, &options.ca_directory, &options.crl_file,
                             &options.certificate_file, &options.private_key_file})
        of.file(*file);
    for (const auto* text : {&options.ca_pem, &options.ca_password, &options.certificate_pem,
                             &options.private_key_pem, &options.private_key_password, &options.ciphers,
                             &options.cipher_suites, &options.curves, &options.signature_algorithms})
        of.text(*text);
    of.number(static_cast<std::uint64_t>(options.min_version));
    of.number(static_cast<std::uint64_t>(options.max_version));
    of.number(options.verify ? 1 : 0);
    return of.finish(to);
}

/// The contexts in use. They die with their last connection, so that no key outlives its use.
struct living_contexts {
    std::mutex mutex;
    std::map<fingerprint::value, std::weak_ptr<context>> by_fingerprint;
};

living_contexts& living() {
    static living_contexts all;
    return all;
}

} // namespace

tls_context make_tls_context(const tls_options& options) {
    if (options.context) return {options.context, {}, {}};
    ERR_clear_error();
    tls_context made;
    try {
        made.context = std::make_shared<context>(context::tls_client);
    } catch (const boost::system::system_error& failed) {
        return {nullptr, errc::invalid_option, std::string{"OpenSSL: "} + failed.what()};
    }
    if (auto wrong = configure(made.context->native_handle(), options); !wrong.empty())
        return {nullptr, errc::invalid_option, "tls: " + wrong};
    return made;
}

tls_context tls_context_of(const tls_options& options) {
    fingerprint::value print{};
    // Before the files are read: one that changes meanwhile is read again by the next connection.
    if (options.context || !fingerprint_of(options, print)) return make_tls_context(options);
    {
        const std::lock_guard lock{living().mutex};
        const auto place = living().by_fingerprint.find(print);
        if (place != living().by_fingerprint.end()) {
            if (auto alive = place->second.lock()) return {std::move(alive), {}, {}};
        }
    }
    auto made = make_tls_context(options);
    if (!made.context) return made;
    const std::lock_guard lock{living().mutex};
    std::erase_if(living().by_fingerprint, [](const auto& each) { return each.second.expired(); });
    living().by_fingerprint[print] = made.context;
    return made;
}

KASIO_END_NAMESPACE
