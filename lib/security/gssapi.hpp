// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "security/sasl_machine.hpp"

#include <kasio/config.hpp>

#include <memory>
#include <string>

KASIO_BEGIN_NAMESPACE

struct gssapi_parameters {
    /// The broker's principal is `service/host@REALM`; the host as it was dialled.
    std::string service;
    std::string host;
    /// Empty: the default of the credentials cache, or of the key table.
    std::string principal;
    /// Empty: the credentials cache.
    std::string keytab;
    gssapi_parameters() {}
};

/// GSSAPI (RFC 4752) without a security layer, as Kafka wants it, through the system's libgssapi. `start`
/// asks for `block`: the library may have to wait for a key distribution centre.
[[nodiscard]] std::unique_ptr<sasl_machine> make_gssapi(gssapi_parameters parameters);

KASIO_END_NAMESPACE
