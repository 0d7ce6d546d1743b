// SPDX-License-Identifier: BSL-1.0
#include "net/write_line.hpp"

#include <utility>

KASIO_BEGIN_NAMESPACE

void write_line::add(std::uint64_t id, protocol::outgoing_frame&& frame, std::shared_ptr<const void>&& pin) {
    item added;
    added.id = id;
    added.size = frame.size();
    added.frame = std::move(frame);
    added.pin = std::move(pin);
    queued_.push_back(std::move(added));
}

void write_line::withdraw(std::uint64_t id) {
    for (std::size_t i = 0; i != queued_.size(); ++i) {
        if (queued_[i].id != id) continue;
        static_cast<void>(queued_.take(i));
        return;
    }
}

void write_line::clear() noexcept {
    queued_.clear();
    writing_.clear();
    offset_ = 0;
    pending_bytes_ = 0;
}

void write_line::begin_pieces() noexcept {
    count_ = 0;
    std::size_t skip = offset_;
    for (std::size_t i = 0; i != writing_.size() && count_ != pieces_.size(); ++i) {
        add_pieces(writing_[i], skip);
        skip = 0;
    }
}

void write_line::begin_next() {
    item& next = writing_.push_back(queued_.pop_front());
    pending_bytes_ += next.size;
    add_pieces(next, 0);
}

void write_line::add_pieces(const item& next, std::size_t skip) noexcept {
    const std::size_t pieces = next.frame.piece_count();
    for (std::size_t number = 0; number != pieces && count_ != pieces_.size(); ++number) {
        const auto piece = next.frame.piece(number);
        if (skip >= piece.size()) {
            skip -= piece.size();
            continue;
        }
        pieces_[count_++] = boost::asio::const_buffer{piece.data() + skip, piece.size() - skip};
        skip = 0;
    }
}

KASIO_END_NAMESPACE
