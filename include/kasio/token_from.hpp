// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/token_source.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <functional>
#include <utility>

KASIO_BEGIN_NAMESPACE

/// A token source out of a coroutine: `token_from(executor, [] { return fetch_token(url); })`. Each call of
/// `get_token` makes a coroutine, which runs on `executor`. The code of a `system_error` that it throws is
/// the source's error, anything else `errc::token_unavailable`; no text of an exception is kept, it may hold
/// secrets.
[[nodiscard]] inline token_source token_from(boost::asio::any_io_executor executor,
                                             std::function<boost::asio::awaitable<oauth_token>()> get_token) {
    using handler_type = boost::asio::any_completion_handler<void(error_code, oauth_token)>;
    return [executor = std::move(executor), get_token = std::move(get_token)](handler_type handler) {
        boost::asio::co_spawn(
            executor, get_token(),
            [handler = std::move(handler)](std::exception_ptr thrown, oauth_token token) mutable {
                error_code error;
                try {
                    if (thrown) std::rethrow_exception(thrown);
                } catch (const boost::system::system_error& failure) {
                    error = failure.code();
                } catch (...) {
                    error = errc::token_unavailable;
                }
                std::move(handler)(error, std::move(token));
            });
    };
}

KASIO_END_NAMESPACE
