// SPDX-License-Identifier: BSL-1.0
#include "protocol/messages/control_record.hpp"

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<end_txn_marker, Codec>& m) {
    codec("CoordinatorEpoch", m.coordinator_epoch);
}

template <class Codec>
void describe(Codec& codec, field_of<leader_change_message::voter, Codec>& m) {
    codec("VoterId", m.voter_id);
    codec("VoterDirectoryId", m.voter_directory_id, since(1));
}

template <class Codec>
void describe(Codec& codec, field_of<leader_change_message, Codec>& m) {
    codec("LeaderId", m.leader_id);
    codec("Voters", m.voters);
    codec("GrantingVoters", m.granting_voters);
}

KASIO_STORED(end_txn_marker)
KASIO_STORED(leader_change_message)

} // namespace protocol
KASIO_END_NAMESPACE
