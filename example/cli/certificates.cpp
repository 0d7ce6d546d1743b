// SPDX-License-Identifier: BSL-1.0
#include "certificates.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace cli {

namespace {

constexpr long valid_for = 30L * 24 * 3600;

template <class Type, void (*Free)(Type*)>
struct freeing {
    void operator()(Type* what) const noexcept { Free(what); }
};
using certificate = std::unique_ptr<X509, freeing<X509, X509_free>>;
using key = std::unique_ptr<EVP_PKEY, freeing<EVP_PKEY, EVP_PKEY_free>>;
using text_bio = std::unique_ptr<BIO, freeing<BIO, BIO_free_all>>;

void must(bool done, const char* what) {
    if (!done) throw std::runtime_error{std::string{"OpenSSL cannot "} + what};
}

struct identity {
    certificate own;
    key secret;
};

void add_extension(X509* to, X509* issuer, int which, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, freeing<X509_EXTENSION, X509_EXTENSION_free>> made{
        X509V3_EXT_conf_nid(nullptr, &context, which, value)};
    must(made && X509_add_ext(to, made.get(), -1) == 1, "say what a certificate is for");
}

identity make(const char* name, const identity* issuer, int extension, const char* value) {
    identity made{certificate{X509_new()}, key{EVP_EC_gen("P-256")}};
    must(made.own && made.secret, "make a key");
    auto* own = made.own.get();
    std::array<unsigned char, 8> serial{};
    must(RAND_bytes(serial.data(), serial.size()) == 1, "make a number");
    serial[0] &= 0x7fU;
    std::uint64_t number = 0;
    for (const auto each : serial) number = number << 8 | each;
    auto* subject = X509_get_subject_name(own);
    const auto* bytes = reinterpret_cast<const unsigned char*>(name);
    must(X509_set_version(own, 2) == 1 && ASN1_INTEGER_set_uint64(X509_get_serialNumber(own), number) == 1 &&
             X509_gmtime_adj(X509_getm_notBefore(own), -3600) != nullptr &&
             X509_gmtime_adj(X509_getm_notAfter(own), valid_for) != nullptr &&
             X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, bytes, -1, -1, 0) == 1 &&
             X509_set_pubkey(own, made.secret.get()) == 1,
         "fill a certificate");
    const auto& signer = issuer != nullptr ? *issuer : made;
    must(X509_set_issuer_name(own, X509_get_subject_name(signer.own.get())) == 1, "name an issuer");
    add_extension(own, signer.own.get(), NID_subject_key_identifier, "hash");
    add_extension(own, signer.own.get(), extension, value);
    must(X509_sign(own, signer.secret.get(), EVP_sha256()) > 0, "sign a certificate");
    return made;
}

std::string pem_of(const identity& from, bool with_certificate, bool with_key) {
    const text_bio text{BIO_new(BIO_s_mem())};
    must(text != nullptr, "make room");
    if (with_certificate) must(PEM_write_bio_X509(text.get(), from.own.get()) == 1, "write a certificate");
    if (with_key) {
        must(PEM_write_bio_PrivateKey(text.get(), from.secret.get(), nullptr, nullptr, 0, nullptr, nullptr) ==
                 1,
             "write a key");
    }
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(text.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

} // namespace

trial_certificates make_certificates() {
    const auto authority = make("kasio trial CA", nullptr, NID_basic_constraints, "critical,CA:TRUE");
    const auto server =
        make("localhost", &authority, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
    const auto client = make("kasio trial client", &authority, NID_ext_key_usage, "clientAuth");
    trial_certificates all;
    all.authority = pem_of(authority, true, false);
    all.server = pem_of(server, true, false);
    all.server_key = pem_of(server, false, true);
    all.client = pem_of(client, true, true);
    return all;
}

} // namespace cli
