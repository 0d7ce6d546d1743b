// SPDX-License-Identifier: BSL-1.0
#include "base/crc32c.hpp"

#include <kasio/hash.hpp>

#include "support/catch.hpp"

#include <random>
#include <string>
#include <vector>

using namespace kasio;

namespace {

std::span<const std::byte> bytes_of(const std::string& text) { return bytes_view{text}.bytes(); }

// Straight from the definition, one bit at a time.
std::uint32_t crc32c_by_bit(std::span<const std::byte> bytes) {
    std::uint32_t sum = 0xffffffff;
    for (const std::byte byte : bytes) {
        sum ^= static_cast<std::uint32_t>(byte);
        for (int bit = 0; bit < 8; ++bit) sum = (sum & 1) != 0 ? (sum >> 1) ^ 0x82f63b78 : sum >> 1;
    }
    return ~sum;
}

} // namespace

TEST_CASE("CRC-32C gives the sums of RFC 3720") {
    CHECK(crc32c(bytes_of("")) == 0);
    CHECK(crc32c(bytes_of("123456789")) == 0xe3069283);
    CHECK(crc32c(bytes_of(std::string(32, '\0'))) == 0x8a9136aa);
    CHECK(crc32c(bytes_of(std::string(32, '\xff'))) == 0x62a8ab43);
    CHECK(crc32c("123456789") == 0xe3069283);
}

TEST_CASE("tables and hardware agree with the definition at every length and alignment") {
    std::mt19937 random{1};
    std::string data(16 * 1024, '\0');
    for (char& c : data) c = static_cast<char>(random());
    std::vector<std::size_t> lengths{767,   768,   769,   1023,  4095,  4096,
                                     12287, 12288, 12289, 13056, 13100, 16000};
    for (std::size_t length = 0; length < 300; ++length) lengths.push_back(length);
    for (const std::size_t length : lengths) {
        for (const std::size_t offset : {0u, 1u, 7u}) {
            const auto part = bytes_of(data).subspan(offset, length);
            const std::uint32_t expected = crc32c_by_bit(part);
            REQUIRE(crc32c_by_table(part) == expected);
            if (crc32c_hardware_available()) REQUIRE(crc32c_by_hardware(part) == expected);
            REQUIRE(crc32c(part) == expected);
        }
    }
}

TEST_CASE("a sum goes on from the sum of what stands before") {
    const std::string text(1000, 'k');
    const auto all = bytes_of(text);
    for (const std::size_t cut : {0u, 1u, 8u, 500u, 999u, 1000u}) {
        CHECK(crc32c(all.subspan(cut), crc32c(all.first(cut))) == crc32c(all));
        CHECK(crc32c_by_table(all.subspan(cut), crc32c_by_table(all.first(cut))) == crc32c(all));
    }
}
