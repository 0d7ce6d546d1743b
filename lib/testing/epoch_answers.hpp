// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "testing/answers.hpp"

#include <kasio/messages/list_offsets.hpp>

KASIO_BEGIN_NAMESPACE
namespace testing {

[[nodiscard]] protocol::offset_for_leader_epoch_response answer(
    call&, const protocol::offset_for_leader_epoch_request&);

} // namespace testing
KASIO_END_NAMESPACE
