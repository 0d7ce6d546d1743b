// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>

namespace kasio_test {

/// A certificate and its key, made when the test runs; texts are PEM.
struct identity {
    std::shared_ptr<X509> certificate;
    std::shared_ptr<EVP_PKEY> key;

    [[nodiscard]] std::string certificate_pem() const;
    /// PKCS#8.
    [[nodiscard]] std::string key_pem() const;
    /// PKCS#8, encrypted.
    [[nodiscard]] std::string key_pem(std::string_view password) const;
    /// A PKCS#12 store with key and certificate.
    [[nodiscard]] std::string pkcs12(const std::string& password) const;
};

/// What a certificate is to say.
struct certificate_wish {
    std::string name = "test";
    /// As OpenSSL's configuration has them: `DNS:localhost,IP:127.0.0.1`; empty: none.
    std::string alternative_names = {};
    /// `serverAuth`, `clientAuth`; empty: for anything.
    std::string purpose = {};
    /// In days from now.
    int from = -1;
    int to = 10;
};

/// A certificate authority of its own.
class certificate_authority {
public:
    explicit certificate_authority(const std::string& name = "kasio test CA");

    [[nodiscard]] std::string pem() const { return self_.certificate_pem(); }
    [[nodiscard]] identity issue(const certificate_wish& wish);
    /// For localhost, 127.0.0.1 and ::1.
    [[nodiscard]] identity server();
    [[nodiscard]] identity client();
    /// A list that revokes `bad`.
    [[nodiscard]] std::string revoke(const identity& bad) const;
    /// A PKCS#12 store that holds the authority's certificate only, as Java's trust stores do.
    [[nodiscard]] std::string trust_store(const std::string& password) const;

private:
    identity self_;
    long serial_ = 1;
};

/// A file that lives as long as this.
class temporary_file {
public:
    explicit temporary_file(std::string_view content);
    ~temporary_file();
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// Replaces it as tools do: a new file with the same name.
    void replace(std::string_view content) const;

private:
    std::string path_;
};

} // namespace kasio_test
