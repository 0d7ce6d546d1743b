// SPDX-License-Identifier: BSL-1.0
#include "properties/draft.hpp"

#include <algorithm>
#include <array>
#include <charconv>

KASIO_BEGIN_NAMESPACE

namespace {

using text = std::string_view;

struct mechanism_row {
    text name;
    sasl_mechanism mechanism;
    /// The class in a JAAS line.
    text login_module;
};
constexpr auto mechanisms = std::to_array<mechanism_row>({
    {"PLAIN", sasl_mechanism::plain, "PlainLoginModule"},
    {"SCRAM-SHA-256", sasl_mechanism::scram_sha_256, "ScramLoginModule"},
    {"SCRAM-SHA-512", sasl_mechanism::scram_sha_512, "ScramLoginModule"},
    {"OAUTHBEARER", sasl_mechanism::oauthbearer, "OAuthBearerLoginModule"},
    {"GSSAPI", sasl_mechanism::gssapi, "Krb5LoginModule"},
});

const mechanism_row* row_of(sasl_mechanism mechanism) {
    const auto found = std::find_if(mechanisms.begin(), mechanisms.end(),
                                    [mechanism](const auto& row) { return row.mechanism == mechanism; });
    return found != mechanisms.end() ? &*found : nullptr;
}

wrong_value set_mechanism(draft& to, text value) {
    const auto wanted = lower_case(trimmed(value));
    for (const auto& row : mechanisms) {
        if (lower_case(row.name) == wanted) {
            to.sasl.mechanism = row.mechanism;
            return {};
        }
    }
    return "is none of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER, GSSAPI";
}

wrong_value set_username(draft& to, text value) {
    to.sasl.username = value;
    return {};
}
wrong_value set_password(draft& to, text value) {
    to.sasl.password = secret_text{value};
    return {};
}

template <auto Member>
wrong_value keep(draft& to, text value) {
    to.options.cluster.sasl.*Member = trimmed(value);
    return {};
}

wrong_value set_jaas(draft& to, text value) {
    const auto line = trimmed(value);
    if (line.empty() || line == "null") return {};
    std::string wrong;
    to.sasl.jaas = parse_jaas(line, wrong);
    return wrong;
}

/// `name=value` between any of the separators, as librdkafka has them.
wrong_value read_pairs(text value, text separators, std::vector<std::pair<std::string, std::string>>& to) {
    for (const auto each : list_of(value, separators)) {
        const auto equals = each.find('=');
        if (equals == each.npos || equals == 0) return "is no list of name=value";
        to.emplace_back(each.substr(0, equals), each.substr(equals + 1));
    }
    return {};
}

wrong_value set_extensions(draft& to, text value) {
    to.options.cluster.sasl.extensions.clear();
    return read_pairs(value, ",", to.options.cluster.sasl.extensions);
}
wrong_value set_token_config(draft& to, text value) { return read_pairs(value, " ", to.sasl.token_config); }
wrong_value set_unsecured(draft& to, text value) { return read_flag(value, to.sasl.unsecured); }

constexpr bool secret = true;

constexpr auto settings = std::to_array<setting>({
    {"sasl.mechanism", set_mechanism},
    {"sasl.username", set_username},
    {"sasl.password", set_password, secret},
    {"sasl.jaas.config", set_jaas, secret},
    {"sasl.kerberos.service.name", keep<&sasl_options::kerberos_service_name>},
    {"sasl.kerberos.principal", keep<&sasl_options::kerberos_principal>},
    {"sasl.kerberos.keytab", keep<&sasl_options::kerberos_keytab>},
    {"sasl.oauthbearer.extensions", set_extensions},
    {"sasl.oauthbearer.config", set_token_config, secret},
    {"enable.sasl.oauthbearer.unsecure.jwt", set_unsecured},
});

/// What a token that nobody signed is to say.
struct unsecured_wish {
    std::string subject;
    std::chrono::seconds lifetime{3600};
    std::vector<std::pair<std::string, std::string>> claims;
};

wrong_value read_lifetime(text value, std::chrono::seconds& to) {
    std::int64_t seconds = 0;
    auto wrong = read_number(value, 1, 1'000'000'000, seconds);
    if (wrong.empty()) to = std::chrono::seconds{seconds};
    return wrong;
}

/// librdkafka's: `principal=me scope=role1 lifeSeconds=600 extension_pool=x`.
std::string ask_for_unsecured(draft& all) {
    auto& sasl = all.options.cluster.sasl;
    unsecured_wish wish;
    std::string principal_claim = "sub";
    std::string scope_claim = "scope";
    std::string scope;
    for (const auto& [name, value] : all.sasl.token_config) {
        if (name == "principal") wish.subject = value;
        else if (name == "principalClaimName") principal_claim = value;
        else if (name == "scope") scope = value;
        else if (name == "scopeClaimName") scope_claim = value;
        else if (name.starts_with("extension_")) sasl.extensions.emplace_back(name.substr(10), value);
        else if (name != "lifeSeconds") return "sasl.oauthbearer.config has an entry that nobody knows";
        else if (!read_lifetime(value, wish.lifetime).empty())
            return "sasl.oauthbearer.config: lifeSeconds is no number of seconds";
    }
    if (wish.subject.empty()) return "sasl.oauthbearer.config names no principal";
    if (principal_claim != "sub") wish.claims.emplace_back(principal_claim, wish.subject);
    if (!scope.empty()) wish.claims.emplace_back(scope_claim, scope);
    sasl.token_source = unsecured_tokens(wish.subject, wish.lifetime, wish.claims);
    return {};
}

/// Java's: `unsecuredLoginStringClaim_sub="me"` and its like; tokens over HTTP are the program's.
std::string take_token_entry(draft& all, const jaas_entry& entry) {
    auto& sasl = all.options.cluster.sasl;
    unsecured_wish wish;
    bool wished = false;
    constexpr text claim = "unsecuredLoginStringClaim_";
    constexpr text extension = "unsecuredLoginExtension_";
    for (const auto& [name, value] : entry.options) {
        wished = wished || name.starts_with("unsecuredLogin");
        if (name == "unsecuredLoginStringClaim_sub") wish.subject = value;
        else if (name.starts_with(claim)) wish.claims.emplace_back(name.substr(claim.size()), value);
        else if (name.starts_with(extension))
            sasl.extensions.emplace_back(name.substr(extension.size()), value);
        else if (name.starts_with("extension_")) sasl.extensions.emplace_back(name.substr(10), value);
        else if (name == "unsecuredLoginLifetimeSeconds") {
            if (!read_lifetime(value, wish.lifetime).empty())
                return "sasl.jaas.config: unsecuredLoginLifetimeSeconds is no number of seconds";
        } else if (name == "clientId" || name == "clientSecret" || name == "scope")
            return "sasl.jaas.config: tokens over HTTP come from the program (sasl_options::token_source)";
        else return "sasl.jaas.config: an option of OAuthBearerLoginModule that is not known here";
    }
    if (!wished) return {};
    if (wish.subject.empty()) return "sasl.jaas.config has no unsecuredLoginStringClaim_sub";
    sasl.token_source = unsecured_tokens(wish.subject, wish.lifetime, wish.claims);
    return {};
}

std::string take_password_entry(draft& all, const jaas_entry& entry) {
    auto& sasl = all.sasl;
    for (const auto& [name, value] : entry.options) {
        if (name == "username") {
            if (sasl.username.value_or(value) != value) return "sasl.username and sasl.jaas.config differ";
            sasl.username = value;
        } else if (name == "password") {
            if (sasl.password && sasl.password->view() != value)
                return "sasl.password and sasl.jaas.config differ";
            sasl.password = secret_text{value};
        } else if (name == "tokenauth") {
            auto wrong = read_flag(value, all.options.cluster.sasl.token_authentication);
            if (!wrong.empty()) return "sasl.jaas.config: tokenauth " + wrong;
        } else if (!name.starts_with("user_")) { // a broker's
            return "sasl.jaas.config: an option of " + entry.login_module + " that is not known here";
        }
    }
    return {};
}

/// Of what Java's class takes, what there is here; the rest says where Java looks for tickets.
std::string take_ticket_entry(draft& all, const jaas_entry& entry) {
    auto& sasl = all.options.cluster.sasl;
    for (const auto& [name, value] : entry.options) {
        if (name == "keyTab") sasl.kerberos_keytab = value;
        else if (name == "principal") sasl.kerberos_principal = value;
        else if (name == "serviceName") sasl.kerberos_service_name = value;
    }
    return {};
}

std::string take_jaas(draft& all) {
    const auto& entry = *all.sasl.jaas;
    const auto* row = row_of(all.options.cluster.sasl.mechanism);
    if (row != nullptr && row->login_module != entry.login_module)
        return "sasl.jaas.config is not for " + std::string{row->name} + ", whose class is " +
               std::string{row->login_module};
    if (entry.login_module == "Krb5LoginModule") return take_ticket_entry(all, entry);
    return entry.login_module == "OAuthBearerLoginModule" ? take_token_entry(all, entry)
                                                          : take_password_entry(all, entry);
}

} // namespace

std::span<const setting> sasl_settings() { return settings; }

std::string settle_sasl(draft& all) {
    auto& sasl = all.options.cluster.sasl;
    const bool wanted = all.sasl.wanted.value_or(sasl.mechanism != sasl_mechanism::none);
    if (wanted && all.sasl.mechanism) sasl.mechanism = *all.sasl.mechanism;
    if (!wanted) {
        sasl.mechanism = sasl_mechanism::none;
        const bool useless = all.sasl.mechanism || all.sasl.username || all.sasl.password || all.sasl.jaas;
        if (useless)
            all.options.notes.emplace_back("sasl.*",
                                           "security.protocol is neither SASL_SSL nor SASL_PLAINTEXT");
        return {};
    }
    if (sasl.mechanism == sasl_mechanism::none)
        return "security.protocol wants SASL, but there is no sasl.mechanism";
    if (all.sasl.jaas) {
        if (auto wrong = take_jaas(all); !wrong.empty()) return wrong;
    }
    if (all.sasl.username) sasl.username = *all.sasl.username;
    if (all.sasl.password) sasl.password = *all.sasl.password;
    return all.sasl.unsecured ? ask_for_unsecured(all) : std::string{};
}

KASIO_END_NAMESPACE
