// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

KASIO_BEGIN_NAMESPACE

template <class Signature>
class unique_function;

/// A callable that need not be copyable (C++23's `move_only_function`). Small callables are kept in place.
template <class Result, class... Args>
class unique_function<Result(Args...)> {
public:
    unique_function() noexcept = default;
    unique_function(std::nullptr_t) noexcept {}
    template <class F>
        requires(!std::is_same_v<std::remove_cvref_t<F>, unique_function> &&
                 std::is_invocable_r_v<Result, std::remove_cvref_t<F>&, Args...>)
    unique_function(F&& f) {
        using Callable = std::remove_cvref_t<F>;
        if constexpr (fits<Callable>) {
            ::new (static_cast<void*>(storage_)) Callable(std::forward<F>(f));
            operations_ = &in_place<Callable>;
        } else {
            ::new (static_cast<void*>(storage_)) Callable*(new Callable(std::forward<F>(f)));
            operations_ = &on_heap<Callable>;
        }
    }
    unique_function(unique_function&& other) noexcept { take(other); }
    unique_function& operator=(unique_function&& other) noexcept {
        if (this != &other) {
            reset();
            take(other);
        }
        return *this;
    }
    ~unique_function() { reset(); }

    explicit operator bool() const noexcept { return operations_ != nullptr; }
    Result operator()(Args... args) { return operations_->call(storage_, std::forward<Args>(args)...); }
    void reset() noexcept {
        if (operations_) std::exchange(operations_, nullptr)->destroy(storage_);
    }

private:
    static constexpr std::size_t capacity = 6 * sizeof(void*);
    template <class F>
    static constexpr bool fits = sizeof(F) <= capacity && alignof(F) <= alignof(std::max_align_t) &&
                                 std::is_nothrow_move_constructible_v<F>;
    struct operations {
        Result (*call)(void*, Args&&...);
        void (*move)(void* from, void* to) noexcept;
        void (*destroy)(void*) noexcept;
    };
    template <class F>
    static constexpr operations in_place = {
        [](void* at, Args&&... args) -> Result { return (*static_cast<F*>(at))(std::forward<Args>(args)...); },
        [](void* from, void* to) noexcept {
            ::new (to) F(std::move(*static_cast<F*>(from)));
            static_cast<F*>(from)->~F();
        },
        [](void* at) noexcept { static_cast<F*>(at)->~F(); },
    };
    template <class F>
    static constexpr operations on_heap = {
        [](void* at, Args&&... args) -> Result { return (**static_cast<F**>(at))(std::forward<Args>(args)...); },
        [](void* from, void* to) noexcept { ::new (to) F*(*static_cast<F**>(from)); },
        [](void* at) noexcept { delete *static_cast<F**>(at); },
    };
    void take(unique_function& other) noexcept {
        if (!other.operations_) return;
        other.operations_->move(other.storage_, storage_);
        operations_ = std::exchange(other.operations_, nullptr);
    }

    alignas(std::max_align_t) std::byte storage_[capacity];
    const operations* operations_ = nullptr;
};

KASIO_END_NAMESPACE
