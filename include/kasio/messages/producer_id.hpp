// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>

#include <cstdint>
#include <optional>
#include <string>

// Producer ids and their epochs.

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct init_producer_id_response;

/// Key 22. A producer id and epoch; with a transactional id it fences older producers and aborts their
/// transaction. Version 6 is not stable yet (KIP-939).
struct init_producer_id_request {
    using response_type = init_producer_id_response;
    static constexpr api_info api{.key = 22, .versions = {0, 5}, .flexible = 2, .described = {0, 6}};

    std::optional<std::string> transactional_id = "";
    std::int32_t transaction_timeout_ms = 0;
    std::int64_t producer_id = -1;
    std::int16_t producer_epoch = -1;
    bool enable2_pc = false;
    bool keep_prepared_txn = false;

    init_producer_id_request() {}
    friend bool operator==(const init_producer_id_request&, const init_producer_id_request&) = default;
};

/// The id and epoch to write with.
struct init_producer_id_response {
    static constexpr api_info api = init_producer_id_request::api;

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::int64_t producer_id = -1;
    std::int16_t producer_epoch = 0;
    std::int64_t ongoing_txn_producer_id = -1;
    std::int16_t ongoing_txn_producer_epoch = -1;

    init_producer_id_response() {}
    friend bool operator==(const init_producer_id_response&, const init_producer_id_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
