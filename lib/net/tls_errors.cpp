// SPDX-License-Identifier: BSL-1.0
#include "net/tls_errors.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <memory>

KASIO_BEGIN_NAMESPACE

namespace {

/// Certificates may hold thousands of names; messages stay readable.
constexpr std::size_t longest_names = 200;

/// The number of the alert that the peer sent, or -1.
int alert_of(unsigned long error) noexcept {
    if (ERR_GET_LIB(error) != ERR_LIB_SSL) return -1;
    const int reason = ERR_GET_REASON(error);
    return reason >= SSL_AD_REASON_OFFSET && reason < SSL_AD_REASON_OFFSET + 256
               ? reason - SSL_AD_REASON_OFFSET
               : -1;
}

/// The peer does not accept who this client is.
bool refuses_client(int alert) noexcept {
    switch (alert) {
        case SSL_AD_NO_CERTIFICATE:
        case SSL_AD_BAD_CERTIFICATE:
        case SSL_AD_UNSUPPORTED_CERTIFICATE:
        case SSL_AD_CERTIFICATE_REVOKED:
        case SSL_AD_CERTIFICATE_EXPIRED:
        case SSL_AD_CERTIFICATE_UNKNOWN:
        case SSL_AD_UNKNOWN_CA:
        case SSL_AD_ACCESS_DENIED:
        case SSL_AD_CERTIFICATE_REQUIRED: return true;
        default: return false;
    }
}

constexpr const char* no_certificate = "the broker refused this client's certificate, or wants one: ";

bool is_no_tls(unsigned long error) noexcept {
    if (ERR_GET_LIB(error) != ERR_LIB_SSL) return false;
    switch (ERR_GET_REASON(error)) {
        case SSL_R_WRONG_VERSION_NUMBER:
        case SSL_R_PACKET_LENGTH_TOO_LONG:
        case SSL_R_HTTP_REQUEST:
        case SSL_R_UNEXPECTED_MESSAGE:
        case SSL_R_BAD_RECORD_TYPE: return true;
        default: return false;
    }
}

void add_name(std::string& names, const char* kind, const std::string& name) {
    if (names.size() > longest_names) return;
    if (!names.empty()) names += ", ";
    names += kind + (name.find('\0') == std::string::npos ? name : std::string{"(invalid)"});
}

std::string text_of_address(const ASN1_OCTET_STRING& address) {
    const auto* const bytes = ASN1_STRING_get0_data(&address);
    const int size = ASN1_STRING_length(&address);
    std::string text;
    for (int i = 0; i < size && i < 16; ++i) {
        constexpr const char* hex = "0123456789abcdef";
        if (size == 4) text += (i == 0 ? "" : ".") + std::to_string(bytes[i]);
        else text += std::string{i != 0 && i % 2 == 0 ? ":" : ""} + hex[bytes[i] >> 4] + hex[bytes[i] & 15];
    }
    return text;
}

/// For whom the peer's certificate is, so that a wrong name in the options shows at once.
} // namespace

std::string names_in_certificate(const X509* certificate) {
    const std::unique_ptr<GENERAL_NAMES, void (*)(GENERAL_NAMES*)> all{
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
        GENERAL_NAMES_free};
    std::string names;
    for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()); ++i) {
        const GENERAL_NAME* const each = sk_GENERAL_NAME_value(all.get(), i);
        if (each->type == GEN_DNS) {
            const auto* const text = reinterpret_cast<const char*>(ASN1_STRING_get0_data(each->d.dNSName));
            add_name(names, "DNS:", {text, static_cast<std::size_t>(ASN1_STRING_length(each->d.dNSName))});
        } else if (each->type == GEN_IPADD) {
            add_name(names, "IP:", text_of_address(*each->d.iPAddress));
        }
    }
    if (!names.empty()) return names;
    char subject[longest_names] = {};
    X509_NAME_oneline(X509_get_subject_name(certificate), subject, sizeof subject);
    return subject;
}

std::string take_openssl_errors() {
    std::string text;
    while (const auto error = ERR_get_error()) {
        const char* const reason = ERR_reason_error_string(error);
        const std::string words = reason != nullptr ? reason : "error " + std::to_string(error);
        if (text.size() > longest_names || text.find(words) != std::string::npos) continue;
        if (!text.empty()) text += "; ";
        text += words;
    }
    return text.empty() ? "no reason given" : text;
}

tls_failure why_handshake_failed(const SSL* line, const std::string& host, const std::string& names) {
    const auto first = ERR_peek_error();
    // What made a signature bad may stand in front of it.
    const auto last = ERR_peek_last_error();
    const auto reasons = take_openssl_errors();
    const long verified = SSL_get_verify_result(line);
    if (verified == X509_V_ERR_HOSTNAME_MISMATCH || verified == X509_V_ERR_IP_ADDRESS_MISMATCH) {
        return {errc::authentication_failed, "the broker's certificate is not for the host name '" + host +
                                                 "' but for " + (names.empty() ? "other names" : names) +
                                                 " (" + X509_verify_cert_error_string(verified) + ")"};
    }
    if (verified != X509_V_OK && ERR_GET_LIB(last) == ERR_LIB_SSL &&
        ERR_GET_REASON(last) == SSL_R_CERTIFICATE_VERIFY_FAILED) {
        return {errc::authentication_failed, std::string{"the broker's certificate is not accepted: "} +
                                                 X509_verify_cert_error_string(verified) + " (" + reasons +
                                                 ")"};
    }
    // TLS 1.2 has no alert of its own for a certificate that was wanted and did not come.
    const int alert = alert_of(first);
    const bool after_ours = alert == SSL_AD_HANDSHAKE_FAILURE && SSL_get0_peer_certificate(line) != nullptr;
    if (after_ours || refuses_client(alert)) return {errc::authentication_failed, no_certificate + reasons};
    if (is_no_tls(first)) {
        return {errc::tls_handshake_failed,
                "the peer does not speak TLS; is it a plain-text port? (" + reasons + ")"};
    }
    return {errc::tls_handshake_failed, "the TLS handshake failed: " + reasons};
}

tls_failure why_transfer_failed() {
    const auto first = ERR_peek_error();
    const auto reasons = take_openssl_errors();
    if (refuses_client(alert_of(first))) return {errc::authentication_failed, no_certificate + reasons};
    return {errc::connection_lost, "TLS failed: " + reasons};
}

KASIO_END_NAMESPACE
