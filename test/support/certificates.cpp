// SPDX-License-Identifier: BSL-1.0
#include "certificates.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>

#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace kasio_test {

namespace {

constexpr long day = 24 * 60 * 60;

void need(bool good, const char* what) {
    if (!good) throw std::runtime_error{what};
}

/// What `write` puts into a memory BIO.
template <class Write>
std::string text_of(Write write) {
    const std::unique_ptr<BIO, int (*)(BIO*)> bio{BIO_new(BIO_s_mem()), BIO_free};
    need(write(bio.get()) == 1, "cannot write PEM");
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

void extend(X509* to, X509* issuer, int which, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, which, value.c_str());
    need(extension != nullptr, "bad extension");
    X509_add_ext(to, extension, -1);
    X509_EXTENSION_free(extension);
}

/// Signed by `issuer`, or by itself.
identity make(const certificate_wish& wish, long serial, const identity* issuer) {
    identity made{{X509_new(), X509_free}, {EVP_EC_gen("P-256"), EVP_PKEY_free}};
    X509* const to = made.certificate.get();
    X509_set_version(to, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(to), serial);
    X509_gmtime_adj(X509_getm_notBefore(to), wish.from * day);
    X509_gmtime_adj(X509_getm_notAfter(to), wish.to * day);
    X509_set_pubkey(to, made.key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(to), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(wish.name.c_str()), -1, -1, 0);
    X509* const signer = issuer != nullptr ? issuer->certificate.get() : to;
    X509_set_issuer_name(to, X509_get_subject_name(signer));
    extend(to, signer, NID_basic_constraints, issuer != nullptr ? "critical,CA:FALSE" : "critical,CA:TRUE");
    if (issuer == nullptr) extend(to, signer, NID_key_usage, "critical,keyCertSign,cRLSign");
    if (!wish.purpose.empty()) extend(to, signer, NID_ext_key_usage, wish.purpose);
    if (!wish.alternative_names.empty()) extend(to, signer, NID_subject_alt_name, wish.alternative_names);
    need(X509_sign(to, issuer != nullptr ? issuer->key.get() : made.key.get(), EVP_sha256()) != 0,
         "cannot sign");
    return made;
}

std::string store_of(EVP_PKEY* key, X509* own, STACK_OF(X509) * others, const std::string& password) {
    const std::unique_ptr<PKCS12, void (*)(PKCS12*)> store{
        PKCS12_create(password.c_str(), "test", key, own, others, 0, 0, 0, 0, 0), PKCS12_free};
    need(store != nullptr, "cannot make a store");
    return text_of([&](BIO* to) { return i2d_PKCS12_bio(to, store.get()); });
}

} // namespace

std::string identity::certificate_pem() const {
    return text_of([this](BIO* to) { return PEM_write_bio_X509(to, certificate.get()); });
}

std::string identity::key_pem() const {
    return text_of([this](BIO* to) {
        return PEM_write_bio_PKCS8PrivateKey(to, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
}

std::string identity::key_pem(std::string_view password) const {
    return text_of([&](BIO* to) {
        return PEM_write_bio_PKCS8PrivateKey(to, key.get(), EVP_aes_128_cbc(), password.data(),
                                             static_cast<int>(password.size()), nullptr, nullptr);
    });
}

std::string identity::pkcs12(const std::string& password) const {
    return store_of(key.get(), certificate.get(), nullptr, password);
}

certificate_authority::certificate_authority(const std::string& name)
    : self_{make({.name = name, .to = 20}, 1, nullptr)} {}

identity certificate_authority::issue(const certificate_wish& wish) { return make(wish, ++serial_, &self_); }

identity certificate_authority::server() {
    return issue({.alternative_names = "DNS:localhost,IP:127.0.0.1,IP:::1", .purpose = "serverAuth"});
}

identity certificate_authority::client() { return issue({.name = "a client", .purpose = "clientAuth"}); }

std::string certificate_authority::revoke(const identity& bad) const {
    const std::unique_ptr<X509_CRL, void (*)(X509_CRL*)> list{X509_CRL_new(), X509_CRL_free};
    X509_CRL_set_version(list.get(), 1);
    X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(self_.certificate.get()));
    const std::unique_ptr<ASN1_TIME, void (*)(ASN1_TIME*)> time{ASN1_TIME_new(), ASN1_TIME_free};
    X509_gmtime_adj(time.get(), -day);
    X509_CRL_set1_lastUpdate(list.get(), time.get());
    X509_REVOKED* const entry = X509_REVOKED_new();
    X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(bad.certificate.get()));
    X509_REVOKED_set_revocationDate(entry, time.get());
    X509_CRL_add0_revoked(list.get(), entry);
    X509_gmtime_adj(time.get(), day);
    X509_CRL_set1_nextUpdate(list.get(), time.get());
    need(X509_CRL_sign(list.get(), self_.key.get(), EVP_sha256()) != 0, "cannot sign the list");
    return text_of([&](BIO* to) { return PEM_write_bio_X509_CRL(to, list.get()); });
}

std::string certificate_authority::trust_store(const std::string& password) const {
    STACK_OF(X509)* const all = sk_X509_new_null();
    sk_X509_push(all, self_.certificate.get());
    auto made = store_of(nullptr, nullptr, all, password);
    sk_X509_free(all);
    return made;
}

temporary_file::temporary_file(std::string_view content) {
    const char* const folder = std::getenv("TMPDIR");
    path_ = std::string{folder != nullptr ? folder : "/tmp"} + "/kasio-test-XXXXXX";
    const int file = ::mkstemp(path_.data());
    need(file >= 0, "cannot make a temporary file");
    ::close(file);
    std::ofstream{path_, std::ios::binary} << content;
}

temporary_file::~temporary_file() { std::remove(path_.c_str()); }

void temporary_file::replace(std::string_view content) const {
    const std::string fresh = path_ + ".new";
    std::ofstream{fresh, std::ios::binary} << content;
    need(std::rename(fresh.c_str(), path_.c_str()) == 0, "cannot replace the file");
}

} // namespace kasio_test
