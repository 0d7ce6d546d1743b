// SPDX-License-Identifier: BSL-1.0
#include "net/frame_splitter.hpp"

#include "support/catch.hpp"

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

using namespace kasio;

namespace {

constexpr std::size_t limit = 1000;

std::vector<std::byte> bytes(std::initializer_list<int> values) {
    std::vector<std::byte> result;
    for (const int value : values) result.push_back(static_cast<std::byte>(value));
    return result;
}

std::vector<std::byte> text(std::string_view characters) {
    std::vector<std::byte> result;
    for (const char character : characters) result.push_back(static_cast<std::byte>(character));
    return result;
}

std::vector<std::byte> frame_of(std::uint32_t claimed, std::size_t present) {
    std::vector<std::byte> result;
    for (int shift = 24; shift >= 0; shift -= 8) result.push_back(static_cast<std::byte>(claimed >> shift));
    result.resize(4 + present, std::byte{0xee});
    return result;
}

error_code judged(const std::vector<std::byte>& start, bool first = true) {
    frame_splitter splitter{limit};
    if (!first) static_cast<void>(splitter.next(frame_of(4, 4)));
    return splitter.next(start).error;
}

} // namespace

TEST_CASE("a frame is found when its last byte is there, not before", "[C7]") {
    const auto whole = frame_of(6, 6);
    frame_splitter splitter{limit};
    for (std::size_t size = 0; size != whole.size(); ++size) {
        const auto found = splitter.next(std::span{whole}.first(size));
        CHECK_FALSE(found.error);
        CHECK(found.frame.empty());
        CHECK(found.missing == (size < 4 ? 0 : whole.size() - size));
    }
    const auto found = splitter.next(whole);
    CHECK(found.frame.size() == 6);
    CHECK(found.frame.data() == whole.data() + 4);
}

TEST_CASE("of frames glued together the first is found", "[C7]") {
    auto glued = frame_of(5, 5);
    const auto second = frame_of(9, 9);
    glued.insert(glued.end(), second.begin(), second.end());
    frame_splitter splitter{limit};
    CHECK(splitter.next(glued).frame.size() == 5);
    CHECK(splitter.next(std::span<const std::byte>{glued}.subspan(9)).frame.size() == 9);
}

TEST_CASE("lengths that are negative, below 4 or above the limit are malformed", "[C8]") {
    for (const bool first : {true, false}) {
        CHECK(judged(frame_of(0xffff'ffff, 0), first) == errc::malformed_response);
        CHECK(judged(frame_of(0x8000'0000, 0), first) == errc::malformed_response);
        CHECK(judged(frame_of(0, 0), first) == errc::malformed_response);
        CHECK(judged(frame_of(3, 3), first) == errc::malformed_response);
        CHECK_FALSE(judged(frame_of(4, 0), first));
        CHECK_FALSE(judged(frame_of(limit, 0), first));
        CHECK(judged(frame_of(limit + 1, 0), first) == errc::malformed_response);
    }
}

TEST_CASE("text in place of the first frame is no broker") {
    CHECK(judged(text("HTTP/1.1 400 Bad Request")) == errc::not_a_broker);
    CHECK(judged(text("SSH-2.0-OpenSSH")) == errc::not_a_broker);
    CHECK(judged(text("220 mail")) == errc::not_a_broker);
    CHECK(judged(text("HTTP"), false) == errc::malformed_response);
}

TEST_CASE("text is no broker whatever length the user allows") {
    frame_splitter splitter{0x7fff'ffff};
    CHECK(splitter.next(text("HTTP/1.1")).error == errc::not_a_broker);
    frame_splitter other{0x7fff'ffff};
    CHECK(other.next(bytes({0x15, 3, 3, 0, 2, 2, 40})).error == errc::tls_expected);
}

TEST_CASE("a TLS alert in place of the first frame says that TLS is expected", "[T4]") {
    CHECK(judged(bytes({0x15, 3, 1, 0, 2, 2, 70})) == errc::tls_expected);
    CHECK(judged(bytes({0x15, 3, 3, 0, 2, 2, 40})) == errc::tls_expected);
    CHECK(judged(bytes({0x15, 3, 9, 0, 2, 2, 40})) == errc::malformed_response);
    CHECK(judged(bytes({0x15, 3, 3, 0, 2, 2, 40}), false) == errc::malformed_response);
}

TEST_CASE("tokens of SASL without a header may be of any length, none too") {
    frame_splitter splitter{limit};
    static_cast<void>(splitter.next(frame_of(4, 4)));
    CHECK(splitter.next(frame_of(0, 0)).error == errc::malformed_response);
    splitter.expect_raw(true);
    const auto empty = frame_of(0, 0);
    CHECK_FALSE(splitter.next(std::span{empty}.first(3)).whole);
    CHECK(splitter.next(empty).whole);
    CHECK(splitter.next(empty).frame.empty());
    const auto some = frame_of(3, 3);
    CHECK(splitter.next(some).frame.size() == 3);
    CHECK_FALSE(splitter.next(frame_of(3, 2)).whole);
    CHECK(splitter.next(frame_of(0xffff'ffffU, 0)).error == errc::malformed_response);
    CHECK(splitter.next(frame_of(limit + 1, 0)).error == errc::malformed_response);
    splitter.expect_raw(false);
    CHECK(splitter.next(some).error == errc::malformed_response);
}
