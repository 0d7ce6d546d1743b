// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#include <kasio/calls/member_bytes.hpp>

#include "group/member_bytes.hpp"

KASIO_BEGIN_NAMESPACE
namespace calls {

error_code read_assignment(bytes_view bytes, member_assignment& assignment) {
    return decode_assignment(bytes, assignment);
}

error_code read_subscription(bytes_view bytes, member_subscription& member) {
    return decode_subscription(bytes, member);
}

} // namespace calls
KASIO_END_NAMESPACE
