// SPDX-License-Identifier: BSL-1.0
#pragma once

/// Short calls for the common requests on a `connection`, one function a request. Each fills the request in
/// and forwards to `connection::async_request`: completion, errors, cancellation, threads and lifetime are as
/// told there, and the handler gets the whole answer, whose codes it has to look at.
///
/// A request reaches only the broker at the other end: leaders, coordinators and the controller are the
/// caller's matter.
#include <kasio/calls/groups.hpp>
#include <kasio/calls/member_bytes.hpp>
#include <kasio/calls/records.hpp>
#include <kasio/calls/topics.hpp>
#include <kasio/calls/transactions.hpp>
