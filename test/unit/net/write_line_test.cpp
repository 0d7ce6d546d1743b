// SPDX-License-Identifier: BSL-1.0
#include "net/write_line.hpp"

#include "support/catch.hpp"

#include <cstring>
#include <string>
#include <vector>

using namespace kasio;

namespace {

protocol::outgoing_frame frame_of(const std::string& own, const std::vector<std::string>& borrowed = {}) {
    protocol::outgoing_frame frame;
    frame.copy(std::as_bytes(std::span{own}));
    for (const auto& piece : borrowed) {
        frame.borrow(std::as_bytes(std::span{piece}));
        frame.copy(std::as_bytes(std::span{own}));
    }
    return frame;
}

std::string text(std::span<const boost::asio::const_buffer> pieces) {
    std::string all;
    for (const auto& piece : pieces) all.append(static_cast<const char*>(piece.data()), piece.size());
    return all;
}

struct written_line {
    write_line line;
    int begun = 0;
    std::vector<std::uint64_t> written;
    std::string gather() { return text(pieces()); }
    std::span<const boost::asio::const_buffer> pieces() {
        return line.gather([this] { ++begun; });
    }
    void advance(std::size_t bytes) {
        line.advance(bytes, [this](std::uint64_t id) { written.push_back(id); });
    }
};

} // namespace

TEST_CASE("what has queued is gathered into one write") {
    written_line all;
    all.line.add(1, frame_of("one"), nullptr);
    all.line.add(2, frame_of("two"), nullptr);
    CHECK(all.gather() == "onetwo");
    CHECK(all.begun == 2);
    all.line.add(3, frame_of("three"), nullptr);
    all.advance(6);
    CHECK(all.written == std::vector<std::uint64_t>{1, 2});
    CHECK(all.gather() == "three");
    all.advance(5);
    CHECK(all.gather().empty());
    CHECK(all.begun == 3);
}

TEST_CASE("a write that stops at any byte goes on there") {
    const std::string long_piece(40, 'L');
    const std::vector<std::string> foreign{long_piece, "short"};
    for (std::size_t step = 1; step != 60; ++step) {
        written_line all;
        all.line.add(1, frame_of("first"), nullptr);
        all.line.add(2, frame_of("own", foreign), nullptr);
        all.line.add(3, frame_of("last"), nullptr);
        const std::string whole = "firstown" + long_piece + "ownshortownlast";
        std::string sent;
        while (true) {
            const auto rest = all.gather();
            CHECK(sent + rest == whole);
            if (rest.empty()) break;
            const auto now = std::min(step, rest.size());
            sent += rest.substr(0, now);
            all.advance(now);
        }
        CHECK(all.written == std::vector<std::uint64_t>{1, 2, 3});
    }
}

TEST_CASE("one write takes no more pieces than the system allows, also out of one frame") {
    std::vector<std::string> many(100, "b");
    written_line all;
    all.line.add(1, frame_of("o", many), nullptr);
    all.line.add(2, frame_of("next"), nullptr);
    std::string sent;
    std::size_t writes = 0;
    while (true) {
        const auto pieces = all.pieces();
        if (pieces.empty()) break;
        CHECK(pieces.size() <= stream::max_pieces);
        const auto now = text(pieces);
        sent += now;
        all.advance(now.size());
        ++writes;
    }
    std::string whole = "o";
    for (int i = 0; i != 100; ++i) whole += "bo";
    CHECK(sent == whole + "next");
    CHECK(writes == 4);
}

TEST_CASE("a write takes about a mebibyte and leaves the rest queued, where it can be withdrawn") {
    const std::string large(600 * 1024, 'x');
    const std::vector<std::string> foreign{large};
    written_line all;
    for (std::uint64_t id = 1; id != 5; ++id) all.line.add(id, frame_of("h", foreign), nullptr);
    CHECK(all.gather().size() == 2 * (large.size() + 2));
    CHECK(all.begun == 2);
    all.line.withdraw(3);
    all.advance(2 * (large.size() + 2));
    all.gather();
    all.advance(large.size() + 2);
    CHECK(all.written == std::vector<std::uint64_t>{1, 2, 4});
}

TEST_CASE("bytes handed to a write stay until it is over") {
    const auto pin = std::make_shared<int>(0);
    written_line all;
    all.line.add(1, frame_of("one"), std::shared_ptr<int>{pin});
    all.line.add(2, frame_of("two"), std::shared_ptr<int>{pin});
    all.gather();
    all.line.add(3, frame_of("three"), std::shared_ptr<int>{pin});
    CHECK(pin.use_count() == 4);
    all.line.withdraw(1);
    CHECK(pin.use_count() == 4);
    all.line.clear_queued();
    CHECK(pin.use_count() == 3);
    all.advance(4);
    CHECK(pin.use_count() == 2);
    all.line.clear();
    CHECK(pin.use_count() == 1);
}

TEST_CASE("buffers under a write do not move while more requests queue") {
    written_line all;
    all.line.add(1, frame_of("one"), nullptr);
    const auto pieces = all.pieces();
    const auto* const before = pieces[0].data();
    for (std::uint64_t id = 2; id != 200; ++id) all.line.add(id, frame_of("more"), nullptr);
    CHECK(pieces[0].data() == before);
    CHECK(std::memcmp(before, "one", 3) == 0);
    all.advance(3);
    CHECK(all.pieces().size() == stream::max_pieces);
}
