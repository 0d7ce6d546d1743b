// SPDX-License-Identifier: BSL-1.0
#include "message_check.hpp"
#include "targets.hpp"

using namespace kasio;
using namespace kasio::protocol;

namespace {

void fuzz_bodies(message_kind kind, std::span<const std::byte> input) {
    if (input.size() < 2) return;
    const auto key = static_cast<std::int16_t>(input[0]);
    const auto version = static_cast<std::int16_t>(input[1]);
    const message_type* const type = find_message_type(key, kind);
    if (type != nullptr && type->api.all().contains(version)) check_body(*type, version, input.subspan(2));
}

} // namespace

void fuzz_requests(std::span<const std::byte> input) { fuzz_bodies(message_kind::request, input); }

void fuzz_responses(std::span<const std::byte> input) { fuzz_bodies(message_kind::response, input); }
