// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/answer.hpp>
#include <kasio/error.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>

#include <memory>

KASIO_BEGIN_NAMESPACE

class pending_request; // in the library: a request, its handler and where it stands

template <class Request>
using answer_handler =
    boost::asio::any_completion_handler<void(error_code, answer<typename Request::response_type>)>;

/// Joins a request with its handler. Defined in the library for every request of <kasio/messages.hpp>.
template <class Request>
KASIO_DECL std::shared_ptr<pending_request> make_pending(Request request, const request_settings& settings,
                                                         answer_handler<Request> handler,
                                                         const boost::asio::any_io_executor& fallback);

KASIO_END_NAMESPACE
