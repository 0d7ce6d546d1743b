// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "support/raw_peer.hpp"

#include <kasio/error.hpp>
#include <kasio/sasl_options.hpp>

#include <array>
#include <cstdint>
#include <vector>

namespace kasio_test {

/// What a peer plays to one connection, and how whoever uses the connection hears of it.
struct session_case {
    const char* name;
    raw_peer::script play;
    /// How connecting ends; nothing: well, and then the question about metadata ends with `asking`.
    kasio::error_code connecting;
    kasio::error_code asking{};
    bool tls = false;
    kasio::sasl_mechanism sasl = kasio::sasl_mechanism::none;
};

/// The first answer, which tells of versions.
[[nodiscard]] std::vector<session_case> cases_at_the_first_answer();
/// Lengths, correlation ids and cuts of later answers.
[[nodiscard]] std::vector<session_case> cases_of_frames();
/// Bodies of later answers: counts, lengths, tags.
[[nodiscard]] std::vector<session_case> cases_of_bodies();
/// Whoever is there does not speak TLS as it should.
[[nodiscard]] std::vector<session_case> cases_of_tls();

/// Tokens and what is around them, of brokers that want to know who is there.
[[nodiscard]] std::vector<session_case> cases_of_sasl();

/// The answer to ApiVersions that offers these: key, lowest, highest.
[[nodiscard]] std::string offer(const raw_request& to,
                                const std::vector<std::array<std::int16_t, 3>>& ranges);
/// Plays a broker up to Metadata of that version, the first request of which it gives to `then`.
[[nodiscard]] raw_peer::script up_to_metadata(std::int16_t version,
                                              std::function<void(raw_connection&, const raw_request&)> then);

} // namespace kasio_test
