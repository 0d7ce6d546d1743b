// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/cluster_options.hpp>
#include <kasio/config.hpp>
#include <kasio/destination.hpp>
#include <kasio/detail/request_operation.hpp>
#include <kasio/error.hpp>
#include <kasio/metadata.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

KASIO_BEGIN_NAMESPACE

class cluster_core;

/// What went wrong last between this client and the brokers: the first cause behind a time-out.
struct failure {
    /// Nothing when all is well.
    error_code code;
    /// One line: broker, step, and the system's or the broker's own words.
    std::string text;
    failure() {}
};

/// One Kafka cluster: its metadata, and a pool of connections which producers, consumers and admins share.
///
/// **Executor.** All work runs on the executor given at construction, serialized by a strand inside; the
/// cluster owns no thread and never blocks one. Nothing is connected before the first operation needs it.
///
/// **Threads.** The handle may be used from any thread. Completion handlers run on their associated executor
/// (by default the one given here), never inside the call that starts the operation.
///
/// **Lifetime.** A producer or consumer keeps what it needs of the cluster alive. Destroying the last handle
/// never blocks: what is pending completes with `operation_aborted`.
class cluster {
public:
    using executor_type = boost::asio::any_io_executor;

    /// Throws `boost::system::system_error` (`errc::invalid_option`) when an option cannot be.
    KASIO_DECL explicit cluster(executor_type executor, cluster_options options);
    /// With the options as they are by default. A function of its own, since g++ 12 destroys a default argument twice
    /// in `cluster all{co_await asio::this_coro::executor}`.
    KASIO_DECL explicit cluster(executor_type executor);
    cluster(cluster&&) noexcept = default;
    KASIO_DECL cluster& operator=(cluster&& other) noexcept;
    KASIO_DECL ~cluster();

    [[nodiscard]] KASIO_DECL executor_type get_executor() const noexcept;

    /// The brokers and the named topic (all topics when the name is empty), asked for anew.
    ///
    /// Completes with `void(error_code, cluster_metadata)`. A topic that does not exist is an item with its
    /// error, and is not created. Errors: `metadata_unavailable` or the cause that kept every broker from
    /// answering (`host_not_found`, `broker_unreachable`, ...) after `default_timeout`; `closed`.
    /// Cancellation (every type): the wait ends with `operation_aborted`, nothing else changes.
    template <class Token = boost::asio::deferred_t>
    auto async_metadata(std::string topic, Token&& token = {}) {
        return boost::asio::async_initiate<Token, void(error_code, cluster_metadata)>(
            [](auto handler, std::shared_ptr<cluster_core> core, std::string name) {
                start_metadata(core, std::move(name), std::move(handler));
            },
            token, core_, std::move(topic));
    }

    /// Sends any request of <kasio/messages.hpp> to the broker it is for: finds it, connects where needed,
    /// and tries again with growing pauses after failures of the line, and after answers that say another
    /// broker is the one to ask
    /// (`NOT_CONTROLLER` from who was thought to be the controller; codes 14, 15, 16 of coordinators).
    /// `settings` may be just a time-out; it covers all attempts, each of which has at most
    /// `request_timeout`.
    ///
    /// Produce, ShareFetch, ShareAcknowledge and CreateDelegationToken are not sent again once a byte may
    /// have reached a broker: they end with what ended the line. Everything else has to bear being done
    /// twice.
    ///
    /// Completes with `void(error_code, answer<Request::response_type>)`; the answer keeps the bytes alive
    /// that its response views, and names the node. Other codes inside the response are the caller's matter;
    /// when the time is up, so is the last answer that turned the request away. What the request views must
    /// live until the handler is called. Errors: as a `connection`'s; after time-outs and failures of lines
    /// the first cause; `closed`. Cancellation (every type): `operation_aborted`. `answer::maybe_sent` tells
    /// whether a broker may do it all the same.
    template <class Request, class Token = boost::asio::deferred_t>
    auto async_request(Request request, destination where, request_settings settings, Token&& token = {}) {
        using response = typename Request::response_type;
        return boost::asio::async_initiate<Token, void(error_code, answer<response>)>(
            [](auto handler, std::shared_ptr<cluster_core> core, Request what, destination to,
               request_settings how) {
                const auto fallback = executor_of(core);
                start_request(core, std::move(to),
                              make_pending<Request>(std::move(what), how, std::move(handler), fallback));
            },
            token, core_, std::move(request), std::move(where), std::move(settings));
    }
    /// The same within `default_timeout`.
    template <class Request, class Token = boost::asio::deferred_t>
        requires(!std::is_convertible_v<Token, request_settings>)
    auto async_request(Request request, destination where, Token&& token = {}) {
        return async_request(std::move(request), std::move(where), request_settings{},
                             std::forward<Token>(token));
    }

    /// Ends all that uses the cluster: what waits completes with `errc::closed`, connections end.
    ///
    /// Completes with `void(error_code)`, at the latest after `timeout`, whatever the brokers do. A second
    /// close joins the first. Producers and consumers on this cluster fail with `closed` from then on; close
    /// them first to drain them.
    template <class Token = boost::asio::deferred_t>
    auto async_close(std::chrono::milliseconds timeout, Token&& token = {}) {
        return boost::asio::async_initiate<Token, void(error_code)>(
            [](auto handler, std::shared_ptr<cluster_core> core, std::chrono::milliseconds limit) {
                start_close(core, limit, std::move(handler));
            },
            token, core_, timeout);
    }
    /// The same with five seconds.
    template <class Token = boost::asio::deferred_t>
        requires(!std::is_convertible_v<Token, std::chrono::milliseconds>)
    auto async_close(Token&& token = {}) {
        return async_close(std::chrono::seconds{5}, std::forward<Token>(token));
    }

    /// The latest failure of any connection; for messages to people, when an operation timed out.
    [[nodiscard]] KASIO_DECL failure last_failure() const;

    /// What producers and consumers hold on to. Not for users.
    [[nodiscard]] const std::shared_ptr<cluster_core>& core() const noexcept { return core_; }

private:
    KASIO_DECL static void start_metadata(
        const std::shared_ptr<cluster_core>& core, std::string topic,
        boost::asio::any_completion_handler<void(error_code, cluster_metadata)> handler);
    KASIO_DECL static void start_close(const std::shared_ptr<cluster_core>& core,
                                       std::chrono::milliseconds timeout,
                                       boost::asio::any_completion_handler<void(error_code)> handler);
    KASIO_DECL static void start_request(const std::shared_ptr<cluster_core>& core, destination where,
                                         std::shared_ptr<pending_request> request);
    KASIO_DECL static executor_type executor_of(const std::shared_ptr<cluster_core>& core);

    std::shared_ptr<cluster_core> core_;
};

KASIO_END_NAMESPACE
