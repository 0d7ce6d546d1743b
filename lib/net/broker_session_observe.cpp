// SPDX-License-Identifier: BSL-1.0
// What an observer is told. Nothing in here is called without one.
#include "net/broker_session.hpp"

#include <atomic>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

std::uint64_t next_number() noexcept {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

} // namespace

observed_line broker_session::seen() const {
    observed_line line;
    line.node = node();
    line.peer = peer_;
    line.number = number_;
    return line;
}

void broker_session::tell_step(handshake_step step) {
    if (number_ == 0) number_ = next_number();
    const auto now = steady_clock::now();
    observer_->on_handshake(seen(), step, now - std::exchange(step_began_, now));
}

void broker_session::tell_connected() {
    observer_->on_connect(seen(), steady_clock::now() - began_);
}

void broker_session::tell_disconnected() {
    if (number_ == 0) number_ = next_number();
    observer_->on_disconnect(seen(), cause_, cause_text_);
}

void broker_session::tell_written(request_id id) {
    auto* const info = table_.sent_info(id);
    if (info == nullptr) return; // its answer was faster than the news of its write
    const auto now = steady_clock::now();
    const auto took = now - std::exchange(info->since, now);
    observer_->on_request_written(seen(), {info->api_key, info->version, info->bytes, took});
}

void broker_session::tell_answered(const in_flight_info& info, std::size_t bytes) {
    const auto took = steady_clock::now() - info.since;
    observer_->on_request_answered(seen(),
                                   {info.api_key, info.version, frame_splitter::length_bytes + bytes, took});
}

KASIO_END_NAMESPACE
