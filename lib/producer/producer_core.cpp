// SPDX-License-Identifier: BSL-1.0
#include "producer/producer_core.hpp"

#include <boost/system/system_error.hpp>

KASIO_BEGIN_NAMESPACE

namespace {

void check(bool valid, errc code, const char* what) {
    if (!valid) throw boost::system::system_error{make_error_code(code), what};
}

void check(const producer_options& options) {
    using std::chrono::milliseconds;
    check(is_available(options.compression), errc::compression_unavailable, "producer: compression");
    check(options.batch_size > 0, errc::invalid_option, "producer: batch_size must be positive");
    check(options.max_request_size >= 1024, errc::invalid_option,
          "producer: max_request_size must be 1024 at least");
    check(options.buffer_memory >= 1024, errc::invalid_option,
          "producer: buffer_memory must be 1024 at least");
    check(options.linger >= milliseconds::zero(), errc::invalid_option,
          "producer: linger must not be negative");
    check(options.max_block >= milliseconds::zero(), errc::invalid_option,
          "producer: max_block must not be negative");
    check(options.delivery_timeout > milliseconds::zero(), errc::invalid_option,
          "producer: delivery_timeout must be positive");
    check(options.retries >= 0, errc::invalid_option, "producer: retries must not be negative");
    check(options.max_in_flight > 0, errc::invalid_option, "producer: max_in_flight must be positive");
    const bool idempotent = options.idempotence.value_or(false);
    check(!idempotent || options.acks == acks::all, errc::invalid_option,
          "producer: idempotence needs acks all");
    check(!idempotent || options.max_in_flight <= 5, errc::invalid_option,
          "producer: idempotence allows five requests in flight");
    const auto acknowledged = static_cast<int>(options.acks);
    check(acknowledged >= -1 && acknowledged <= 1, errc::invalid_option,
          "producer: acks must be all, none or leader");
}

/// A full batch has to fit a request.
producer_options fitted(producer_options options) {
    options.batch_size = std::min(options.batch_size, options.max_request_size - 512);
    return options;
}

} // namespace

std::shared_ptr<producer_core> producer_core::create(std::shared_ptr<cluster_core> cluster,
                                                     producer_options options) {
    check(options);
    auto core = std::make_shared<producer_core>(std::move(cluster), fitted(std::move(options)));
    core->cluster_->retain();
    watch_context(core->cluster_->user_executor(), std::weak_ptr<context_watcher>{core});
    core->cluster_->add_listener(core);
    return core;
}

producer_core::producer_core(std::shared_ptr<cluster_core> cluster, producer_options options)
    : cluster_{std::move(cluster)},
      options_{std::move(options)},
      budget_{options_.buffer_memory},
      idempotent_{options_.idempotence.value_or(options_.acks == acks::all && options_.max_in_flight <= 5)},
      completer_{cluster_->user_executor(), options_.on_delivery},
      timer_{cluster_->strand()} {
    if (options_.compression != compression::none) {
        compressor_ = std::make_unique<compressor>(options_.compression, options_.compression_level);
    }
}

KASIO_END_NAMESPACE
