// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>
#include <kasio/delivery.hpp>
#include <kasio/error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

KASIO_BEGIN_NAMESPACE
namespace detail {

struct send_operation;
class send_link;

/// How the library handles a typed completion handler that lies in a batch's arena: no allocation, no erasure
/// per record. One constant per handler type. `own` is the executor of the producer, which handlers without
/// one of their own complete on.
struct send_operation_type {
    using executor = boost::asio::any_io_executor;
    std::uint32_t size;
    std::uint32_t align;
    /// Moves the handler at `handler` into `memory`.
    send_operation* (*construct)(void* memory, void* handler);
    /// Moves the handler out, destroys the operation, then calls the handler.
    void (*complete)(send_operation*, const error_code&, const delivery&);
    /// Destroys the operation and its handler unrun.
    void (*destroy)(send_operation*) noexcept;
    /// The executor to complete on. Null: this type of handler has none of its own.
    executor (*executor_of)(const send_operation*, const executor& own);
    /// Do two operations of this type complete on the same executor?
    bool (*same_executor)(const send_operation*, const send_operation*, const executor& own) noexcept;
    bool (*runs_on_own)(const send_operation*, const executor& own) noexcept;
};

/// Head of a waiting send.
struct send_operation {
    const send_operation_type* type;
    send_operation* next = nullptr;
    /// The record's timestamp, and its place in its batch.
    std::int64_t time = 0;
    std::int32_t index = 0;
    /// Completes on an executor that is not the producer's.
    bool foreign = false;
    /// Completed already, by cancellation.
    bool claimed = false;
    /// The cancellation that points here, if there is one.
    send_link* link = nullptr;
};

/// A cancellation that finds its operation as long as it waits.
class send_cancellation {
public:
    virtual void cancel() noexcept = 0;

protected:
    ~send_cancellation() = default;
};

template <class Handler>
struct typed_send final : send_operation {
    using any_executor = boost::asio::any_io_executor;
    using associated = boost::asio::associated_executor<Handler, any_executor>;
    using executor_type = typename associated::type;
    static constexpr bool has_executor = !requires { typename associated::asio_associated_executor_is_unspecialised; };

    Handler handler;
    explicit typed_send(Handler&& h) : send_operation{&type_of}, handler{std::move(h)} {}

    static const Handler& handler_of(const send_operation* operation) noexcept {
        return static_cast<const typed_send*>(operation)->handler;
    }
    static send_operation* construct(void* memory, void* handler) {
        return ::new (memory) typed_send(std::move(*static_cast<Handler*>(handler)));
    }
    static void complete(send_operation* operation, const error_code& error, const delivery& what) {
        auto* self = static_cast<typed_send*>(operation);
        Handler handler{std::move(self->handler)};
        self->~typed_send();
        std::move(handler)(error, what);
    }
    static void destroy(send_operation* operation) noexcept { static_cast<typed_send*>(operation)->~typed_send(); }
    static any_executor executor_of(const send_operation* operation, const any_executor& own) {
        return associated::get(handler_of(operation), own);
    }
    static bool same_executor(const send_operation* a, const send_operation* b, const any_executor& own) noexcept {
        return associated::get(handler_of(a), own) == associated::get(handler_of(b), own);
    }
    static bool runs_on_own(const send_operation* operation, const any_executor& own) noexcept {
        const auto& mine = associated::get(handler_of(operation), own);
        if constexpr (std::is_same_v<executor_type, any_executor>) {
            return mine == own;
        } else {
            const auto* same = own.target<executor_type>();
            return same != nullptr && *same == mine;
        }
    }
    static constexpr send_operation_type make_type() noexcept {
        if constexpr (has_executor) {
            return {sizeof(typed_send), alignof(typed_send), &construct,     &complete,
                    &destroy,           &executor_of,        &same_executor, &runs_on_own};
        } else {
            return {sizeof(typed_send), alignof(typed_send), &construct, &complete, &destroy, nullptr, nullptr, nullptr};
        }
    }
    static constexpr send_operation_type type_of = make_type();
};

} // namespace detail
KASIO_END_NAMESPACE
