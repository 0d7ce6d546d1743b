// SPDX-License-Identifier: BSL-1.0
#include <kasio/producer.hpp>

#include "cluster/complete.hpp"
#include "producer/producer_core.hpp"

#include <atomic>

KASIO_BEGIN_NAMESPACE

namespace {

/// Results of one `async_send_many`. The last record to end completes it.
struct many_sends {
    std::vector<send_result> results;
    std::atomic<std::size_t> left;
    unique_function<void(error_code, std::vector<send_result>)> done;
};

struct many_part {
    std::shared_ptr<many_sends> all;
    std::size_t index;
    void operator()(error_code error, const delivery& what) const {
        all->results[index].error = error;
        all->results[index].delivery = what;
        if (all->left.fetch_sub(1, std::memory_order_acq_rel) == 1) all->done({}, std::move(all->results));
    }
};

} // namespace

producer::producer(cluster& kafka, producer_options options)
    : core_{producer_core::create(kafka.core(), std::move(options))} {}

producer::~producer() {
    if (core_) core_->abandon();
}

producer& producer::operator=(producer&& other) noexcept {
    if (this != &other) {
        if (core_) core_->abandon();
        core_ = std::move(other.core_);
    }
    return *this;
}

producer::executor_type producer::get_executor() const noexcept { return core_->cluster()->user_executor(); }

producer_metrics producer::metrics() const { return core_->metrics(); }

error_code producer::try_send(const producer_record& record) { return core_->try_send(record); }

void producer::start_send(const std::shared_ptr<producer_core>& core, const producer_record& record,
                          const detail::send_operation_type& type, void* handler) {
    core->send(record, type, handler, nullptr);
}

std::shared_ptr<detail::send_cancellation> producer::start_cancellable_send(
    const std::shared_ptr<producer_core>& core, const producer_record& record,
    const detail::send_operation_type& type, void* handler) {
    auto link = std::make_shared<detail::send_link>(core);
    core->send(record, type, handler, link);
    return link;
}

void producer::start_send_many(const std::shared_ptr<producer_core>& core,
                               std::span<const producer_record> records, many_handler handler) {
    auto all = std::make_shared<many_sends>();
    all->results.resize(records.size());
    all->left = records.size();
    all->done = completion<std::vector<send_result>>(std::move(handler), core->cluster()->user_executor());
    if (records.empty()) return all->done({}, {});
    for (std::size_t index = 0; index < records.size(); ++index) {
        many_part part{all, index};
        core->send(records[index], detail::typed_send<many_part>::type_of, &part, nullptr);
    }
}

void producer::start_wait_writable(const std::shared_ptr<producer_core>& core, signal_handler handler) {
    core->wait_writable(completion<>(std::move(handler), core->cluster()->user_executor()));
}

void producer::start_flush(const std::shared_ptr<producer_core>& core, signal_handler handler) {
    core->flush(completion<>(std::move(handler), core->cluster()->user_executor()));
}

void producer::start_close(const std::shared_ptr<producer_core>& core, std::chrono::milliseconds timeout,
                           signal_handler handler) {
    core->close(timeout, completion<>(std::move(handler), core->cluster()->user_executor()));
}

KASIO_END_NAMESPACE
