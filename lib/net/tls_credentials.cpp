// SPDX-License-Identifier: BSL-1.0
#include "net/tls_credentials.hpp"

#include "net/tls_errors.hpp"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>

KASIO_BEGIN_NAMESPACE

namespace {

/// Far above every store there is; what is larger is no certificate.
constexpr std::size_t largest_file = 16 * 1024 * 1024;

template <class T, void (*Free)(T*)>
struct freeing {
    void operator()(T* it) const noexcept { Free(it); }
};
using certificate = std::unique_ptr<X509, freeing<X509, X509_free>>;
using private_key = std::unique_ptr<EVP_PKEY, freeing<EVP_PKEY, EVP_PKEY_free>>;
using revocations = std::unique_ptr<X509_CRL, freeing<X509_CRL, X509_CRL_free>>;
using pkcs12 = std::unique_ptr<PKCS12, freeing<PKCS12, PKCS12_free>>;
struct bio_freeing {
    void operator()(BIO* it) const noexcept { BIO_free(it); }
};
using memory_bio = std::unique_ptr<BIO, bio_freeing>;
struct stack_freeing {
    void operator()(STACK_OF(X509) * it) const noexcept { sk_X509_pop_free(it, X509_free); }
};
using certificates = std::unique_ptr<STACK_OF(X509), stack_freeing>;

/// Bytes that are wiped: private keys are read through it.
class wiped_text {
public:
    wiped_text() = default;
    explicit wiped_text(std::string text) : text_{std::move(text)} {}
    wiped_text(wiped_text&&) = delete;
    ~wiped_text() { OPENSSL_cleanse(text_.data(), text_.size()); }
    [[nodiscard]] std::string& text() noexcept { return text_; }

private:
    std::string text_;
};

std::string read_file(const std::string& path, std::string& to) {
    struct closing {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };
    const std::unique_ptr<std::FILE, closing> file{std::fopen(path.c_str(), "rb")};
    const auto failed = [&] {
        return "cannot read '" + path + "': " + std::generic_category().message(errno);
    };
    if (!file) return failed();
    // Without stdio's own copy of what may be a key.
    std::setvbuf(file.get(), nullptr, _IONBF, 0);
    if (std::fseek(file.get(), 0, SEEK_END) != 0) return failed();
    const long size = std::ftell(file.get());
    if (size < 0 || static_cast<unsigned long>(size) > largest_file) return "'" + path + "' is too large";
    std::rewind(file.get());
    to.resize(static_cast<std::size_t>(size));
    const auto got = std::fread(to.data(), 1, to.size(), file.get());
    if (got != to.size() && std::ferror(file.get()) != 0) return failed();
    to.resize(got);
    return {};
}

enum class kind : unsigned char { pem, pkcs12, jks };

/// By the first bytes: a DER sequence with a long length, Java's magic number, or else text.
kind kind_of(std::string_view bytes) noexcept {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    if (bytes.size() >= 2 && at(0) == 0x30 && (at(1) & 0x80) != 0) return kind::pkcs12;
    if (bytes.size() >= 4 && at(0) == 0xfe && at(1) == 0xed && at(2) == 0xfe && at(3) == 0xed)
        return kind::jks;
    return kind::pem;
}

std::string refuse_jks(const std::string& path) {
    return "'" + path +
           "' is a JKS store, which only Java reads; convert it: keytool -importkeystore -srckeystore " +
           path + " -destkeystore " + path + ".p12 -deststoretype PKCS12";
}

memory_bio bio_of(std::string_view text) {
    return memory_bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

/// Gives the password, and none where there is none: OpenSSL would ask on the terminal.
int give_password(char* to, int size, int, void* from) {
    const auto& password = *static_cast<const std::string*>(from);
    if (password.empty() || size < 0 || password.size() > static_cast<std::size_t>(size)) return -1;
    std::memcpy(to, password.data(), password.size());
    return static_cast<int>(password.size());
}

/// True when reading PEM ended because there is nothing more.
bool at_pem_end() {
    const auto last = ERR_peek_last_error();
    const bool at_end = ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
    if (at_end) ERR_clear_error();
    return at_end;
}

/// All certificates of a text, in order.
std::string parse_certificates(std::string_view pem, const std::string& what, certificates& to) {
    const auto bio = bio_of(pem);
    to.reset(sk_X509_new_null());
    while (X509* const each = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr))
        sk_X509_push(to.get(), each);
    if (!at_pem_end()) return what + " holds a damaged certificate: " + take_openssl_errors();
    if (sk_X509_num(to.get()) == 0) return what + " holds no certificate";
    return {};
}

/// What a PKCS#12 store holds.
struct store {
    private_key key;
    certificate own;
    certificates others;
};

std::string open_store(std::string_view bytes, const std::string& what, const std::string& password,
                       store& to) {
    const auto bio = bio_of(bytes);
    const pkcs12 parsed{d2i_PKCS12_bio(bio.get(), nullptr)};
    if (!parsed) return what + " is no PKCS#12 store: " + take_openssl_errors();
    EVP_PKEY* key = nullptr;
    X509* own = nullptr;
    STACK_OF(X509)* others = nullptr;
    if (PKCS12_parse(parsed.get(), password.c_str(), &key, &own, &others) != 1) {
        return what +
               " cannot be opened (wrong password, or encrypted in a way that OpenSSL 3 leaves to its "
               "legacy provider): " +
               take_openssl_errors();
    }
    // A store without any certificate leaves a note behind.
    ERR_clear_error();
    to.key.reset(key);
    to.own.reset(own);
    to.others.reset(others);
    return {};
}

std::string trust_all(SSL_CTX* context, STACK_OF(X509) * all, const std::string& what) {
    X509_STORE* const trusted = SSL_CTX_get_cert_store(context);
    if (sk_X509_num(all) <= 0) return what + " holds no certificate";
    for (int i = 0; i < sk_X509_num(all); ++i) {
        if (X509_STORE_add_cert(trusted, sk_X509_value(all, i)) != 1)
            return what + " holds a certificate that cannot be used: " + take_openssl_errors();
    }
    return {};
}

std::string trust_pem(SSL_CTX* context, std::string_view pem, const std::string& what) {
    certificates all;
    if (auto wrong = parse_certificates(pem, what, all); !wrong.empty()) return wrong;
    return trust_all(context, all.get(), what);
}

std::string trust_file(SSL_CTX* context, const tls_options& options) {
    const std::string what = "ca_file '" + options.ca_file + "'";
    std::string bytes;
    if (auto wrong = read_file(options.ca_file, bytes); !wrong.empty()) return "ca_file: " + wrong;
    switch (kind_of(bytes)) {
        case kind::jks: return "ca_file: " + refuse_jks(options.ca_file);
        case kind::pem: return trust_pem(context, bytes, what);
        case kind::pkcs12: break;
    }
    store opened;
    if (auto wrong = open_store(bytes, what, options.ca_password, opened); !wrong.empty()) return wrong;
    return trust_all(context, opened.others.get(), what);
}

std::string load_crl(SSL_CTX* context, const std::string& path) {
    std::string bytes;
    if (auto wrong = read_file(path, bytes); !wrong.empty()) return "crl_file: " + wrong;
    const auto bio = bio_of(bytes);
    X509_STORE* const trusted = SSL_CTX_get_cert_store(context);
    int count = 0;
    while (const revocations each{PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr)}) {
        if (X509_STORE_add_crl(trusted, each.get()) != 1)
            return "crl_file '" + path + "' cannot be used: " + take_openssl_errors();
        ++count;
    }
    if (!at_pem_end()) return "crl_file '" + path + "' is damaged: " + take_openssl_errors();
    if (count == 0) return "crl_file '" + path + "' holds no list of revoked certificates in PEM";
    X509_STORE_set_flags(trusted, X509_V_FLAG_CRL_CHECK);
    return {};
}

std::string use_key(SSL_CTX* context, std::string_view pem, const std::string& what,
                    const std::string& password) {
    const auto bio = bio_of(pem);
    const private_key key{
        PEM_read_bio_PrivateKey(bio.get(), nullptr, give_password, const_cast<std::string*>(&password))};
    if (!key) {
        const std::string reasons = take_openssl_errors();
        if (password.empty() && reasons.find("password") != std::string::npos)
            return what + " is encrypted, and private_key_password is empty: " + reasons;
        return what + " cannot be read (no key in PEM, or a wrong private_key_password): " + reasons;
    }
    if (SSL_CTX_use_PrivateKey(context, key.get()) != 1)
        return what + " does not fit the certificate: " + take_openssl_errors();
    return {};
}

std::string use_chain(SSL_CTX* context, X509* own, STACK_OF(X509) * others, int first,
                      const std::string& what) {
    if (SSL_CTX_use_certificate(context, own) != 1) return what + " cannot be used: " + take_openssl_errors();
    for (int i = first; i < sk_X509_num(others); ++i) {
        if (SSL_CTX_add1_chain_cert(context, sk_X509_value(others, i)) != 1)
            return what + " has a chain that cannot be used: " + take_openssl_errors();
    }
    return {};
}

std::string use_store(SSL_CTX* context, std::string_view bytes, const std::string& what,
                      const std::string& password) {
    store opened;
    if (auto wrong = open_store(bytes, what, password, opened); !wrong.empty()) return wrong;
    if (!opened.key || !opened.own) return what + " holds no private key with its certificate";
    if (auto wrong = use_chain(context, opened.own.get(), opened.others.get(), 0, what); !wrong.empty())
        return wrong;
    if (SSL_CTX_use_PrivateKey(context, opened.key.get()) != 1)
        return what + " holds a key that does not fit its certificate: " + take_openssl_errors();
    return {};
}

/// The text or the file of an option pair; `what` says which for messages.
std::string take_text(const std::string& pem, const std::string& file, const char* name, std::string& text,
                      std::string& what) {
    if (!pem.empty()) {
        what = std::string{name} + "_pem";
        text = pem;
        return {};
    }
    what = std::string{name} + "_file '" + file + "'";
    if (auto wrong = read_file(file, text); !wrong.empty()) return std::string{name} + "_file: " + wrong;
    if (kind_of(text) == kind::jks) return std::string{name} + "_file: " + refuse_jks(file);
    return {};
}

} // namespace

std::string load_trust(SSL_CTX* context, const tls_options& options) {
    if (!options.ca_file.empty()) {
        if (auto wrong = trust_file(context, options); !wrong.empty()) return wrong;
    }
    if (!options.ca_pem.empty()) {
        if (auto wrong = trust_pem(context, options.ca_pem, "ca_pem"); !wrong.empty()) return wrong;
    }
    std::error_code ignored;
    if (!options.ca_directory.empty() && !std::filesystem::is_directory(options.ca_directory, ignored))
        return "ca_directory '" + options.ca_directory + "' is no directory";
    if (!options.ca_directory.empty() && SSL_CTX_load_verify_dir(context, options.ca_directory.c_str()) != 1)
        return "ca_directory '" + options.ca_directory + "' cannot be used: " + take_openssl_errors();
    const bool none = options.ca_file.empty() && options.ca_pem.empty() && options.ca_directory.empty();
    if (none && options.verify && SSL_CTX_set_default_verify_paths(context) != 1)
        return "the system's certificates cannot be used: " + take_openssl_errors();
    return options.crl_file.empty() ? std::string{} : load_crl(context, options.crl_file);
}

std::string load_identity(SSL_CTX* context, const tls_options& options) {
    const bool has_certificate = !options.certificate_file.empty() || !options.certificate_pem.empty();
    const bool has_key = !options.private_key_file.empty() || !options.private_key_pem.empty();
    if (!has_certificate) return has_key ? "there is a private key but no certificate" : std::string{};
    wiped_text own;
    std::string what;
    if (auto wrong =
            take_text(options.certificate_pem, options.certificate_file, "certificate", own.text(), what);
        !wrong.empty())
        return wrong;
    if (kind_of(own.text()) == kind::pkcs12)
        return use_store(context, own.text(), what, options.private_key_password);
    certificates chain;
    if (auto wrong = parse_certificates(own.text(), what, chain); !wrong.empty()) return wrong;
    if (auto wrong = use_chain(context, sk_X509_value(chain.get(), 0), chain.get(), 1, what); !wrong.empty())
        return wrong;
    // Kafka's PEM key stores hold the key and the chain in one file.
    if (!has_key)
        return use_key(context, own.text(), "the private key of " + what, options.private_key_password);
    wiped_text key;
    if (auto wrong =
            take_text(options.private_key_pem, options.private_key_file, "private_key", key.text(), what);
        !wrong.empty())
        return wrong;
    return use_key(context, key.text(), what, options.private_key_password);
}

KASIO_END_NAMESPACE
