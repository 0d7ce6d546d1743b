// SPDX-License-Identifier: BSL-1.0
#include "properties/draft.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <filesystem>

KASIO_BEGIN_NAMESPACE

namespace {

using text = std::string_view;
using t = tls_options;

template <auto Member>
wrong_value keep(draft& to, text value) {
    to.options.cluster.tls.*Member = value;
    return {};
}

wrong_value set_protocol(draft& to, text value) {
    const auto protocol = lower_case(trimmed(value));
    const bool known = protocol == "plaintext" || protocol == "ssl" || protocol == "sasl_plaintext" ||
                       protocol == "sasl_ssl";
    if (!known) return "is none of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL";
    to.options.cluster.tls.enabled = protocol.ends_with("ssl");
    to.options.cluster.sasl.allow_plaintext = protocol == "sasl_plaintext";
    to.sasl.wanted = protocol.starts_with("sasl");
    return {};
}

/// librdkafka takes a file, a directory, or `probe`, which looks for what the system trusts.
wrong_value set_trust(draft& to, text value) {
    auto& tls = to.options.cluster.tls;
    std::error_code ignored;
    const std::string place{trimmed(value)};
    const bool directory = std::filesystem::is_directory(place, ignored);
    tls.ca_directory = directory ? place : std::string{};
    tls.ca_file = directory || place == "probe" ? std::string{} : place;
    return {};
}

/// What kind a store is shows in its first bytes when it is read.
wrong_value check_store_type(draft&, text value) {
    const auto type = lower_case(trimmed(value));
    const bool known = type == "jks" || type == "pkcs12" || type == "pem";
    return known ? wrong_value{} : wrong_value{"is none of PEM, PKCS12, JKS"};
}

wrong_value set_host_name_check(draft& to, text value) {
    const auto algorithm = lower_case(trimmed(value));
    if (algorithm != "https" && algorithm != "none" && !algorithm.empty()) return "is neither https nor none";
    to.options.cluster.tls.verify_host_name = algorithm == "https";
    return {};
}

wrong_value set_verify(draft& to, text value) { return read_flag(value, to.options.cluster.tls.verify); }

/// Java has IANA's names, librdkafka OpenSSL's. Those of TLS 1.3 are the same in both, and a list of their
/// own.
wrong_value set_ciphers(draft& to, text value) {
    auto& tls = to.options.cluster.tls;
    std::string older;
    std::string newer;
    for (const auto each : list_of(value, ",: ")) {
        const std::string name{each};
        const bool iana = name.starts_with("TLS_");
        const bool is_newer = iana && name.find("_WITH_") == name.npos;
        const char* known = iana && !is_newer ? OPENSSL_cipher_name(name.c_str()) : nullptr;
        if (iana && !is_newer && (known == nullptr || text{known} == "(NONE)")) {
            return "names a cipher suite that OpenSSL lacks: " + name;
        }
        auto& list = is_newer ? newer : older;
        list += (list.empty() ? "" : ":") + (known != nullptr ? std::string{known} : name);
    }
    tls.ciphers = older;
    tls.cipher_suites = newer;
    // Only suites of one version are named: so only that version is wanted.
    if (!newer.empty() && older.empty()) tls.min_version = tls_version::tls_1_3;
    if (newer.empty() && !older.empty() && value.find("TLS_") != value.npos)
        tls.max_version = tls_version::tls_1_2;
    return {};
}

std::optional<tls_version> version_of(text name) {
    const auto lower = lower_case(name);
    if (lower == "tlsv1.2") return tls_version::tls_1_2;
    return lower == "tlsv1.3" ? std::optional{tls_version::tls_1_3} : std::nullopt;
}

wrong_value set_versions(draft& to, text value) {
    auto& tls = to.options.cluster.tls;
    const auto names = list_of(value);
    if (names.empty()) return "names no version";
    bool first = true;
    for (const auto each : names) {
        const auto version = version_of(each);
        if (!version) return "is no list of TLSv1.2 and TLSv1.3; older ones are not spoken";
        tls.min_version = first ? *version : std::min(tls.min_version, *version);
        tls.max_version = first ? *version : std::max(tls.max_version, *version);
        first = false;
    }
    return {};
}

/// Java's name of what its context speaks at most.
wrong_value set_protocol_version(draft& to, text value) {
    const auto name = trimmed(value);
    if (name == "TLS") return {};
    const auto version = version_of(name);
    if (!version) return "is none of TLS, TLSv1.2, TLSv1.3; older ones are not spoken";
    auto& most = to.options.cluster.tls.max_version;
    most = std::min(most, *version);
    return {};
}

constexpr bool secret = true;

constexpr auto settings = std::to_array<setting>({
    {"security.protocol", set_protocol},
    {"ssl.truststore.location", set_trust},
    {"ssl.truststore.type", check_store_type},
    {"ssl.truststore.password", keep<&t::ca_password>, secret},
    {"ssl.truststore.certificates", keep<&t::ca_pem>},
    {"ssl.keystore.location", keep<&t::certificate_file>},
    {"ssl.keystore.type", check_store_type},
    {"ssl.keystore.certificate.chain", keep<&t::certificate_pem>},
    {"ssl.keystore.key", keep<&t::private_key_pem>, secret},
    {"ssl.key.location", keep<&t::private_key_file>},
    {"ssl.key.password", keep<&t::private_key_password>, secret},
    {"ssl.endpoint.identification.algorithm", set_host_name_check},
    {"enable.ssl.certificate.verification", set_verify},
    {"ssl.enabled.protocols", set_versions},
    {"ssl.protocol", set_protocol_version},
    {"ssl.cipher.suites", set_ciphers},
    {"ssl.curves.list", keep<&t::curves>},
    {"ssl.sigalgs.list", keep<&t::signature_algorithms>},
    {"ssl.crl.location", keep<&t::crl_file>},
});

} // namespace

std::span<const setting> tls_settings() { return settings; }

KASIO_END_NAMESPACE
