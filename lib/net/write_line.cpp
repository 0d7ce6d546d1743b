// SPDX-License-Identifier: BSL-1.0
#include "net/write_line.hpp"

#include <utility>

KASIO_BEGIN_NAMESPACE

void write_line::add(std::uint64_t id, protocol::outgoing_frame frame, std::shared_ptr<const void> pin) {
    item added;
    added.id = id;
    added.size = frame.size();
    added.pieces = frame.piece_count();
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
    pending_pieces_ = 0;
}

void write_line::begin_next() {
    item next = queued_.pop_front();
    pending_bytes_ += next.size;
    pending_pieces_ += next.pieces;
    writing_.push_back(std::move(next));
}

std::span<const boost::asio::const_buffer> write_line::fill() noexcept {
    std::size_t count = 0;
    std::size_t skip = offset_;
    for (std::size_t i = 0; i != writing_.size(); ++i) {
        const item& next = writing_[i];
        for (std::size_t number = 0; number != next.pieces; ++number) {
            auto piece = next.frame.piece(number);
            if (skip >= piece.size()) {
                skip -= piece.size();
                continue;
            }
            piece = piece.subspan(skip);
            skip = 0;
            pieces_[count++] = boost::asio::const_buffer{piece.data(), piece.size()};
            if (count == pieces_.size()) return pieces_;
        }
    }
    return std::span{pieces_}.first(count);
}

KASIO_END_NAMESPACE
