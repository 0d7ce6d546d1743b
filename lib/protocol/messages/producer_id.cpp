// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/producer_id.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<init_producer_id_request, Codec>& m) {
    codec("TransactionalId", m.transactional_id, always.nullable());
    codec("TransactionTimeoutMs", m.transaction_timeout_ms);
    codec("ProducerId", m.producer_id, since(3).initially(-1));
    codec("ProducerEpoch", m.producer_epoch, since(3).initially(-1));
    codec("Enable2Pc", m.enable2_pc, since(6));
    codec("KeepPreparedTxn", m.keep_prepared_txn, since(6));
}

template <class Codec>
void describe(Codec& codec, field_of<init_producer_id_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code);
    codec("ProducerId", m.producer_id);
    codec("ProducerEpoch", m.producer_epoch);
    codec("OngoingTxnProducerId", m.ongoing_txn_producer_id, since(6).initially(-1));
    codec("OngoingTxnProducerEpoch", m.ongoing_txn_producer_epoch, since(6).initially(-1));
}

KASIO_API(init_producer_id)

} // namespace protocol
KASIO_END_NAMESPACE
