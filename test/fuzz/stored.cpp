// SPDX-License-Identifier: BSL-1.0
#include "message_check.hpp"
#include "protocol/codec.hpp"
#include "protocol/messages/consumer_protocol.hpp"
#include "require.hpp"
#include "targets.hpp"

#include <algorithm>

using namespace kasio;
using namespace kasio::protocol;

namespace {

const message_type& type_named(std::string_view name) {
    const auto& types = message_types();
    const auto found =
        std::find_if(types.begin(), types.end(), [&](const message_type& type) { return type.name == name; });
    require(found != types.end(), "the type is known");
    return *found;
}

template <class Stored>
void fuzz_stored_as(std::string_view name, std::span<const std::byte> bytes) {
    static const message_type& type = type_named(name);
    Stored stored;
    std::int16_t version = -1;
    if (decode_stored(bytes, stored, version)) return;
    const auto known = std::min(version, type.api.all().max);
    require(check_body(type, known, bytes.subspan(sizeof version)).has_value(), "both ways to read agree");
    outgoing_frame out;
    require(!encode_stored(out, stored, known) && out.size() <= bytes.size(), "it can be written again");
}

} // namespace

void fuzz_stored(std::span<const std::byte> input) {
    if (input.empty()) return;
    const auto bytes = input.subspan(1);
    switch (static_cast<unsigned>(input[0]) % 2) {
        case 0: return fuzz_stored_as<consumer_protocol_subscription>("ConsumerProtocolSubscription", bytes);
        default: return fuzz_stored_as<consumer_protocol_assignment>("ConsumerProtocolAssignment", bytes);
    }
}
