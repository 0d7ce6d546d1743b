// SPDX-License-Identifier: BSL-1.0
#include "group/member_bytes.hpp"
#include "group/sticky_user_data.hpp"
#include "message_check.hpp"
#include "protocol/codec.hpp"
#include "protocol/messages/consumer_protocol.hpp"
#include "protocol/messages/control_record.hpp"
#include "require.hpp"
#include "targets.hpp"

#include <algorithm>
#include <string>

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

// What the sticky assignors keep in a subscription's user data has no version and no description.
void fuzz_sticky(std::span<const std::byte> bytes) {
    static_cast<void>(decode_cooperative_sticky(bytes_view{bytes}));
    const auto read = decode_sticky(bytes_view{bytes});
    if (!read) return;
    const std::string again = encode_sticky(read->partitions, read->generation);
    require(again.size() <= bytes.size() + sizeof(std::int32_t), "it is not written in more bytes");
    require(decode_sticky(bytes_view{again}) == read, "it reads the same again");
}

// As a group's leader reads the others, and a member its own part.
void fuzz_member(std::span<const std::byte> bytes) {
    member_subscription member;
    if (!decode_subscription(bytes_view{bytes}, member)) {
        const std::string again = encode_subscription(member, member.user_data);
        member_subscription same;
        require(!decode_subscription(bytes_view{again}, same), "it can be read again");
        require(same.owned == member.owned && same.generation == member.generation, "it reads the same");
    }
    member_assignment assignment;
    if (decode_assignment(bytes_view{bytes}, assignment)) return;
    member_assignment same;
    require(!decode_assignment(bytes_view{encode_assignment(assignment)}, same), "it can be read again");
    require(same == assignment, "it reads the same");
}

} // namespace

void fuzz_stored(std::span<const std::byte> input) {
    if (input.empty()) return;
    const auto bytes = input.subspan(1);
    switch (static_cast<unsigned>(input[0]) % 6) {
        case 0: return fuzz_stored_as<consumer_protocol_subscription>("ConsumerProtocolSubscription", bytes);
        case 1: return fuzz_stored_as<consumer_protocol_assignment>("ConsumerProtocolAssignment", bytes);
        case 2: return fuzz_stored_as<end_txn_marker>("EndTxnMarker", bytes);
        case 3: return fuzz_stored_as<leader_change_message>("LeaderChangeMessage", bytes);
        case 4: return fuzz_sticky(bytes);
        default: return fuzz_member(bytes);
    }
}
