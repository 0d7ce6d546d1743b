// SPDX-License-Identifier: BSL-1.0
#include "producer/completion.hpp"

#include "base/varint.hpp"
#include "producer/partition_queue.hpp"
#include "producer/send_link.hpp"
#include "producer/topic_table.hpp"

#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

/// With an executor for each handler, as futures have, to look through all of them would take the square of
/// their number. Those of one executor that are not found are only told apart, in their order.
constexpr std::ptrdiff_t most_compared = 8;

template <class Range>
auto last_few(Range& all) {
    return static_cast<std::ptrdiff_t>(all.size()) > most_compared ? all.end() - most_compared : all.begin();
}

delivery delivery_of(const batch_outcome& outcome, std::int32_t partition, std::int32_t index,
                     std::int64_t time) {
    delivery what;
    what.partition = partition;
    what.fate = outcome.fate;
    if (outcome.base_offset >= 0) what.offset = outcome.base_offset + index;
    what.timestamp =
        timestamp{std::chrono::milliseconds{outcome.log_append_time >= 0 ? outcome.log_append_time : time}};
    return what;
}

/// Handlers of one batch that complete on one executor, linked by their `next`. Destroyed before it ran (the
/// context is gone), it destroys them unrun; the batch keeps their memory until then.
class chain {
public:
    chain(std::shared_ptr<send_batch> batch, const batch_outcome& outcome,
          boost::asio::any_io_executor executor)
        : batch_{std::move(batch)},
          outcome_{outcome},
          executor_{std::move(executor)},
          partition_{batch_->home ? batch_->home->number : -1} {}
    chain(chain&& other) noexcept
        : batch_{std::move(other.batch_)},
          outcome_{other.outcome_},
          executor_{std::move(other.executor_)},
          first_{std::exchange(other.first_, nullptr)},
          last_{other.last_},
          partition_{other.partition_} {}
    chain& operator=(chain&&) = delete;
    ~chain() {
        while (first_) {
            auto* const operation = std::exchange(first_, first_->next);
            operation->type->destroy(operation);
        }
    }

    void add(detail::send_operation* operation) noexcept {
        operation->next = nullptr;
        (first_ ? last_->next : first_) = operation;
        last_ = operation;
    }
    [[nodiscard]] const detail::send_operation* first() const noexcept { return first_; }
    [[nodiscard]] const boost::asio::any_io_executor& executor() const noexcept { return executor_; }

    void operator()() {
        while (first_) {
            auto* const operation = std::exchange(first_, first_->next);
            const auto what = delivery_of(outcome_, partition_, operation->index, operation->time);
            try {
                operation->type->complete(operation, outcome_.error, what);
            } catch (...) {
                if (first_) {
                    const auto executor = executor_;
                    boost::asio::post(executor, chain{std::move(*this)});
                }
                throw;
            }
        }
    }

private:
    std::shared_ptr<send_batch> batch_;
    batch_outcome outcome_;
    boost::asio::any_io_executor executor_;
    detail::send_operation* first_ = nullptr;
    detail::send_operation* last_ = nullptr;
    std::int32_t partition_;
};

chain& chain_for(std::vector<chain>& chains, const std::shared_ptr<send_batch>& batch,
                 const batch_outcome& outcome, detail::send_operation* operation,
                 const boost::asio::any_io_executor& own) {
    for (auto each = last_few(chains); each != chains.end(); ++each) {
        const auto* first = each->first();
        if (first->type == operation->type && first->type->same_executor(first, operation, own)) return *each;
    }
    return chains.emplace_back(batch, outcome, operation->type->executor_of(operation, own));
}

} // namespace

void completer::adopt(send_batch& batch, detail::send_operation* operation) const {
    const auto* type = operation->type;
    if (type->executor_of == nullptr) return;
    // Records that follow each other mostly come from the same place: one comparison then.
    if (const auto* before = batch.last;
        before && before->type == type && !before->claimed && type->same_executor(before, operation, own_)) {
        operation->foreign = before->foreign;
        return;
    }
    if (type->runs_on_own(operation, own_)) return;
    operation->foreign = true;
    auto executor = type->executor_of(operation, own_);
    if (std::find(last_few(batch.guards), batch.guards.end(), executor) != batch.guards.end()) return;
    batch.guards.push_back(boost::asio::prefer(executor, boost::asio::execution::outstanding_work.tracked));
}

void completer::complete(const std::shared_ptr<send_batch>& batch, const batch_outcome& outcome) {
    chain own{batch, outcome, own_};
    std::vector<chain> others;
    std::vector<std::int32_t> with_handler;
    const bool reporting =
        on_delivery_ && batch->operations < static_cast<std::size_t>(batch->writer.count());
    auto* operation = std::exchange(batch->first, nullptr);
    batch->last = nullptr;
    while (operation) {
        auto* const next = operation->next;
        if (reporting) with_handler.push_back(operation->index);
        if (!operation->claimed) {
            if (operation->link) operation->link->detach();
            (operation->foreign ? chain_for(others, batch, outcome, operation, own_) : own).add(operation);
        }
        operation = next;
    }
    for (auto& each : others) {
        auto executor = each.executor();
        boost::asio::post(executor, std::move(each));
    }
    batch->guards.clear();
    try {
        own();
    } catch (...) {
        rethrow_later(std::current_exception());
    }
    if (reporting) report(*batch, outcome, with_handler);
}

void completer::complete_one(const std::shared_ptr<send_batch>& batch, detail::send_operation* operation,
                             const batch_outcome& outcome) {
    operation->claimed = true;
    if (operation->link) operation->link->detach();
    auto executor = operation->type->executor_of ? operation->type->executor_of(operation, own_) : own_;
    // The operation stays linked in its batch, which only reads on past it: so it gets no new neighbour here.
    auto run = [batch, operation, outcome, partition = batch->home ? batch->home->number : -1] {
        const auto what = delivery_of(outcome, partition, operation->index, operation->time);
        operation->type->complete(operation, outcome.error, what);
    };
    struct once {
        decltype(run) call;
        detail::send_operation* left;
        once(decltype(run) c, detail::send_operation* o) : call{std::move(c)}, left{o} {}
        once(once&& other) noexcept : call{std::move(other.call)}, left{std::exchange(other.left, nullptr)} {}
        once& operator=(once&&) = delete;
        ~once() {
            if (left) left->type->destroy(left);
        }
        void operator()() {
            left = nullptr;
            call();
        }
    };
    boost::asio::post(executor, once{std::move(run), operation});
}

void completer::report(const send_batch& batch, const batch_outcome& outcome,
                       const std::vector<std::int32_t>& with_handler) {
    // The records' own timestamps are read back from their encoding: record length, attributes, delta.
    const auto bytes = batch.writer.bytes();
    const auto* at = bytes.data() + batch_header_size;
    const auto* const end = bytes.data() + bytes.size();
    auto skip = with_handler.begin();
    deliveries_.clear();
    for (std::int32_t index = 0; index < batch.writer.count() && at != nullptr; ++index) {
        std::int32_t length = 0;
        std::int64_t delta = 0;
        at = read_varint(at, end, length);
        if (at == nullptr || read_varlong(at + 1, end, delta) == nullptr) break;
        at += length;
        if (skip != with_handler.end() && *skip == index) {
            ++skip;
            continue;
        }
        deliveries_.push_back(
            delivery_of(outcome, batch.home->number, index, batch.writer.first_timestamp() + delta));
    }
    delivery_report what;
    what.topic = batch.home->topic->name;
    what.partition = batch.home->number;
    what.error = outcome.error;
    what.deliveries = deliveries_;
    call_hook(what);
}

void completer::report_one(std::string_view topic, std::int32_t partition, error_code error,
                           std::int64_t time) {
    if (!on_delivery_) return;
    const auto failed = delivery_of({.error = error}, partition, 0, time);
    delivery_report what;
    what.topic = topic;
    what.partition = partition;
    what.error = error;
    what.deliveries = {&failed, 1};
    call_hook(what);
}

void completer::call_hook(const delivery_report& what) {
    try {
        on_delivery_(what);
    } catch (...) {
        rethrow_later(std::current_exception());
    }
}

void completer::rethrow_later(std::exception_ptr thrown) const {
    boost::asio::post(own_, [thrown = std::move(thrown)] { std::rethrow_exception(thrown); });
}

KASIO_END_NAMESPACE
