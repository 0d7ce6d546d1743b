// SPDX-License-Identifier: BSL-1.0
// Looking into batches on an executor that the user names. On the strand, but for the jobs themselves.
#include "consumer/consumer_core.hpp"

#include <boost/asio/post.hpp>

#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

// One job opens about so much, and of one partition that much waits to be handed out: enough to keep a reader
// busy, little enough to stay in the processors' caches.
constexpr std::size_t job_bytes = 1024 * 1024;

} // namespace

/// Somebody waits for records of the partition.
bool consumer_core::waited_for(const fetched_partition& partition) const noexcept {
    const auto stream = partition.stream.lock();
    return stream ? stream->waiting != nullptr : poll_ != nullptr;
}

bool consumer_core::may_open(const fetched_partition& partition, bool must) const noexcept {
    if (partition.buffer.opened()) return false;
    // Several at once only while each may still grow a lot.
    if (jobs_ > 0) return memory_->used() <= memory_->limit() / 2;
    return must || memory_->has_room();
}

/// Sends what has been answered to be looked into, unless there is enough of it, or no memory.
void consumer_core::open_apart(const partition_ptr& partition) {
    const bool must =
        waited_for(*partition) && jobs_ == 0 && ready_.empty() && memory_->decompressed() < memory_->limit();
    if (!may_open(*partition, must)) {
        if (!partition->buffer.empty() && !partition->buffer.opened()) unopened_.push_back(partition);
        return;
    }
    auto job = partition->buffer.begin_opening();
    if (!job) return;
    auto codecs = std::make_unique<decompressor>();
    if (!idle_codecs_.empty()) {
        codecs = std::move(idle_codecs_.back());
        idle_codecs_.pop_back();
    }
    ++jobs_;
    boost::asio::post(options_.decompression_executor, [self = shared_from_this(), partition, must,
                                                        job = std::move(job),
                                                        codecs = std::move(codecs)]() mutable {
        const auto& options = self->options_;
        job->run({*codecs, *self->memory_, options.max_batch_bytes, options.check_crcs}, must, job_bytes);
        if (self->cluster_->context_gone()) return;
        const auto* const core = self.get();
        boost::asio::post(
            core->cluster_->strand(),
            [self = std::move(self), partition = std::move(partition), job = std::move(job),
             codecs = std::move(codecs)]() mutable { self->on_opened(partition, *job, std::move(codecs)); });
    });
}

void consumer_core::on_opened(const partition_ptr& partition, opening_job& job,
                              std::unique_ptr<decompressor> codecs) {
    --jobs_;
    idle_codecs_.push_back(std::move(codecs));
    if (ended_) return;
    if (partition->buffer.end_opening(job)) line_up(partition);
    go_on();
}

/// Memory may have come, or somebody who waits.
void consumer_core::retry_unopened() {
    if (unopened_.empty()) return;
    for (const auto& each : std::exchange(unopened_, {})) open_apart(each);
    if (unopened_.empty() || jobs_ > 0) return;
    starved_ = true;
    memory_->want();
    // What was let go between the look and the wish must not be missed.
    if (memory_->has_room()) {
        for (const auto& each : std::exchange(unopened_, {})) open_apart(each);
    }
}

KASIO_END_NAMESPACE
