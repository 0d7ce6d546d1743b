// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Who is in charge of a group or a transactional id.

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct find_coordinator_response;

/// Key 10. One key up to version 3, a batch of keys from version 4 (KIP-699).
struct find_coordinator_request {
    using response_type = find_coordinator_response;
    static constexpr api_info api{.key = 10, .versions = {0, 6}, .flexible = 3};

    std::string key;
    std::int8_t key_type = 0;
    std::vector<std::string> coordinator_keys;

    find_coordinator_request() {}
    friend bool operator==(const find_coordinator_request&, const find_coordinator_request&) = default;
};

/// The broker for each key.
struct find_coordinator_response {
    static constexpr api_info api = find_coordinator_request::api;

    struct coordinator {
        std::string key;
        std::int32_t node_id = 0;
        std::string host;
        std::int32_t port = 0;
        std::int16_t error_code = 0;
        std::optional<std::string> error_message = "";

        coordinator() {}
        friend bool operator==(const coordinator&, const coordinator&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::optional<std::string> error_message = "";
    std::int32_t node_id = 0;
    std::string host;
    std::int32_t port = 0;
    std::vector<coordinator> coordinators;

    find_coordinator_response() {}
    friend bool operator==(const find_coordinator_response&, const find_coordinator_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
