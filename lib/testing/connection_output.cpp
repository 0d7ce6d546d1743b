// SPDX-License-Identifier: BSL-1.0
// The writing side of a connection.
#include "testing/connection.hpp"

#include <boost/asio/buffer.hpp>

#include <array>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace asio = boost::asio;

namespace {

constexpr std::size_t max_gathered = 64;

std::size_t size_of(const outgoing_answer& answer) {
    return answer.is_edited ? answer.edited.size() : answer.frame.size();
}

/// The buffers of one gathered write.
class gathering {
public:
    explicit gathering(std::size_t limit) : left_{limit} {}

    [[nodiscard]] bool is_full() const noexcept { return count_ == max_gathered || left_ == 0; }
    /// `skip` bytes of `answer` are written already.
    void add(const outgoing_answer& answer, std::size_t skip) {
        if (answer.is_edited) return add(std::as_bytes(std::span{answer.edited}), skip);
        for (std::size_t i = 0; i < answer.frame.piece_count(); ++i) add(answer.frame.piece(i), skip);
    }
    [[nodiscard]] std::span<const asio::const_buffer> buffers() const noexcept {
        return {buffers_.data(), count_};
    }

private:
    void add(std::span<const std::byte> piece, std::size_t& skip) {
        const std::size_t skipped = std::min(skip, piece.size());
        skip -= skipped;
        piece = piece.subspan(skipped);
        piece = piece.first(std::min(piece.size(), left_));
        if (piece.empty() || is_full()) return;
        buffers_[count_++] = asio::const_buffer{piece.data(), piece.size()};
        left_ -= piece.size();
    }

    std::array<asio::const_buffer, max_gathered> buffers_;
    std::size_t count_ = 0;
    std::size_t left_;
};

} // namespace

void connection::write() {
    if (closed_ || writing_) return;
    // Answers that are empty after an edit, or a cut before the first byte.
    while (!output_.empty() && size_of(output_.front()) == written_) {
        const bool resets = output_.front().resets_after;
        output_.pop_front();
        written_ = 0;
        if (resets) return reset();
    }
    if (output_.empty()) return;
    const bool is_cut = cut_ && cut_->side == cut_side::answer;
    std::size_t limit = is_cut ? cut_->bytes - sent_ : ~std::size_t{0};
    if (limit == 0) return reset();
    if (output_.front().byte_interval.count() > 0) limit = 1;
    gathering gathered{limit};
    std::size_t skip = written_;
    for (const outgoing_answer& answer : output_) {
        if (gathered.is_full() || (answer.byte_interval.count() > 0 && &answer != &output_.front())) break;
        gathered.add(answer, skip);
        skip = 0;
        if (answer.resets_after) break;
    }
    writing_ = true;
    line_.async_write_some(
        gathered.buffers(),
        [self = shared_from_this()](const boost::system::error_code& error, std::size_t size) {
            self->writing_ = false;
            if (error) self->close();
            else self->on_written(size);
        });
}

void connection::on_written(std::size_t size) {
    if (closed_) return;
    sent_ += size;
    written_ += size;
    const auto pause = output_.front().byte_interval;
    while (!output_.empty() && written_ >= size_of(output_.front())) {
        written_ -= size_of(output_.front());
        const bool resets = output_.front().resets_after;
        output_.pop_front();
        if (resets) return reset();
    }
    if (cut_ && cut_->side == cut_side::answer && sent_ >= cut_->bytes) return reset();
    if (pause.count() == 0) return write();
    writing_ = true;
    byte_timer_.expires_after(pause);
    byte_timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        self->writing_ = false;
        if (!error) self->write();
    });
}

} // namespace testing
KASIO_END_NAMESPACE
