// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>
#include <kasio/error.hpp>
#include <kasio/metadata.hpp>
#include <kasio/start_position.hpp>

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE

class rebalance_state; // in the library: whose partitions they are

/// Partitions that a group gives to a consumer or takes from it, as its hooks are told. Cheap to copy.
class rebalance {
public:
    explicit rebalance(std::shared_ptr<rebalance_state> state) noexcept : state_{std::move(state)} {}
    [[nodiscard]] KASIO_DECL const std::vector<topic_partition>& partitions() const noexcept;
    /// In `on_assigned`: reading the partition starts there, whatever the group has committed; the same as
    /// `consumer::seek`. `errc::partition_not_assigned` when it is none of this consumer's (any more),
    /// `errc::invalid_argument` for a negative offset or count.
    KASIO_DECL error_code start_at(const topic_partition& partition, start_position where) const;
    /// In `on_lost`: why they are lost.
    [[nodiscard]] KASIO_DECL error_code cause() const noexcept;

private:
    std::shared_ptr<rebalance_state> state_;
};

/// A function that is told of a rebalance: `void(rebalance)`, or a coroutine `awaitable<void>(rebalance)`.
/// Whatever it belongs to must outlive the consumer. A coroutine should be a named function or a lambda
/// without captures: what a lambda captures is gone before the coroutine ends, unless the lambda lives on.
class rebalance_hook {
public:
    using plain = std::function<void(rebalance)>;
    using coroutine = std::function<boost::asio::awaitable<void>(rebalance)>;

    rebalance_hook() noexcept = default;
    template <class Function>
        requires(!std::is_same_v<std::remove_cvref_t<Function>, rebalance_hook> &&
                 std::is_invocable_v<Function&, rebalance>)
    rebalance_hook(Function function) {
        using result = std::invoke_result_t<Function&, rebalance>;
        if constexpr (std::is_convertible_v<result, boost::asio::awaitable<void>>)
            coroutine_ = std::move(function);
        else plain_ = std::move(function);
    }
    explicit operator bool() const noexcept { return plain_ || coroutine_; }

    /// For the library.
    [[nodiscard]] const plain& as_function() const noexcept { return plain_; }
    [[nodiscard]] const coroutine& as_coroutine() const noexcept { return coroutine_; }

private:
    plain plain_;
    coroutine coroutine_;
};

KASIO_END_NAMESPACE
