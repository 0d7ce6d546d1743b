// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "net/executor.hpp"
#include "producer/send_link.hpp"

#include <kasio/detail/send_operation.hpp>
#include <kasio/record.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// A record that waits for room in the budget or for its topic's partitions: it has to own its bytes, and its
/// handler lies in memory of its own, which the batch that takes the record in adopts.
class waiting_send {
public:
    waiting_send(const producer_record& record, std::int64_t time, time_point until);
    waiting_send(const waiting_send&) = delete;
    waiting_send& operator=(const waiting_send&) = delete;
    ~waiting_send();

    /// Moves the handler in. Without one the outcome goes to `on_delivery`.
    void hold(const detail::send_operation_type& type, void* handler,
              std::shared_ptr<detail::send_link> link);

    [[nodiscard]] producer_record record() const noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    std::int64_t time;
    time_point deadline;
    /// Taken from the budget for the time it waits for metadata.
    std::size_t charged = 0;
    std::uint64_t number = 0;

    /// Gives the handler away, with its memory.
    struct held {
        std::unique_ptr<std::byte[]> memory;
        detail::send_operation* operation = nullptr;
        std::shared_ptr<detail::send_link> link;
    };
    [[nodiscard]] held release() noexcept;
    [[nodiscard]] const detail::send_operation* operation() const noexcept { return held_.operation; }

private:
    std::string topic_;
    std::unique_ptr<char[]> bytes_;
    std::vector<header> headers_;
    bytes_view key_;
    bytes_view value_;
    std::optional<std::int32_t> partition_;
    std::size_t size_ = 0;
    held held_;
};

KASIO_END_NAMESPACE
