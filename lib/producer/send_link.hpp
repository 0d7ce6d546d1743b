// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/detail/send_operation.hpp>

#include <memory>

KASIO_BEGIN_NAMESPACE

class producer_core;
class send_batch;

namespace detail {

/// Ties the cancellation slot of one send to its operation, for as long as the operation waits.
///
/// `cancel` may come at any time, from the thread that owns the slot; the operation is looked at on the
/// producer's strand only, where everything that ends operations runs.
class send_link final : public send_cancellation, public std::enable_shared_from_this<send_link> {
public:
    explicit send_link(std::weak_ptr<producer_core> core) noexcept : core_{std::move(core)} {}
    void cancel() noexcept override;

    /// The operation ends otherwise. On the strand.
    void detach() noexcept { operation_ = nullptr; }
    void attach(send_operation* operation) noexcept { operation_ = operation; }
    void into(std::weak_ptr<send_batch> batch) noexcept { batch_ = std::move(batch); }
    [[nodiscard]] send_operation* operation() const noexcept { return operation_; }
    /// Null while the record still waits for room or metadata.
    [[nodiscard]] std::shared_ptr<send_batch> batch() const noexcept { return batch_.lock(); }

private:
    std::weak_ptr<producer_core> core_;
    std::weak_ptr<send_batch> batch_;
    send_operation* operation_ = nullptr;
};

} // namespace detail
KASIO_END_NAMESPACE
