// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

namespace cli {

/// What an in-process cluster needs to be tried out behind TLS, made anew each time; all in PEM.
struct trial_certificates {
    /// The authority that signed the others: whom clients trust.
    std::string authority;
    /// For localhost, 127.0.0.1 and ::1.
    std::string server;
    std::string server_key;
    /// A client's certificate and key in one, as Kafka's key stores in PEM have them.
    std::string client;
};

/// Throws `std::runtime_error` when OpenSSL does not want to.
trial_certificates make_certificates();

} // namespace cli
