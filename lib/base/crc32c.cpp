// SPDX-License-Identifier: BSL-1.0
#include "base/crc32c.hpp"

#include <kasio/hash.hpp>

#include <array>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

KASIO_BEGIN_NAMESPACE

namespace {

// The polynomial with its bits reversed: bit 31 is x^0.
constexpr std::uint32_t polynomial = 0x82f63b78;

constexpr std::uint32_t times_x(std::uint32_t value) noexcept {
    return (value >> 1) ^ ((value & 1) != 0 ? polynomial : 0);
}

using byte_tables = std::array<std::array<std::uint32_t, 256>, 8>;

// slices[k][b] is the sum of byte b followed by k zero bytes.
constexpr byte_tables make_slices() noexcept {
    byte_tables slices{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t sum = byte;
        for (int bit = 0; bit < 8; ++bit) sum = times_x(sum);
        slices[0][byte] = sum;
    }
    for (std::size_t k = 1; k < slices.size(); ++k) {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const std::uint32_t sum = slices[k - 1][byte];
            slices[k][byte] = (sum >> 8) ^ slices[0][sum & 0xff];
        }
    }
    return slices;
}

constexpr byte_tables slices = make_slices();

std::uint32_t update_by_byte(std::uint32_t sum, const std::byte* at, const std::byte* end) noexcept {
    for (; at != end; ++at) sum = (sum >> 8) ^ slices[0][(sum ^ static_cast<std::uint32_t>(*at)) & 0xff];
    return sum;
}

} // namespace

std::uint32_t crc32c_by_table(std::span<const std::byte> bytes, std::uint32_t seed) noexcept {
    std::uint32_t sum = ~seed;
    const std::byte* at = bytes.data();
    const std::byte* const end = at + bytes.size();
    if constexpr (std::endian::native == std::endian::little) {
        for (; end - at >= 8; at += 8) {
            std::uint64_t word;
            std::memcpy(&word, at, sizeof word);
            word ^= sum;
            sum = 0;
            for (std::size_t k = 0; k < 8; ++k) sum ^= slices[7 - k][(word >> (8 * k)) & 0xff];
        }
    }
    return ~update_by_byte(sum, at, end);
}

#if defined(__x86_64__)

namespace {

constexpr std::uint32_t multiply(std::uint32_t a, std::uint32_t b) noexcept {
    std::uint32_t product = 0;
    for (std::uint32_t bit = 0x80000000; bit != 0; bit >>= 1) {
        if ((a & bit) != 0) product ^= b;
        b = times_x(b);
    }
    return product;
}

constexpr std::uint32_t x_to_the(std::uint64_t power) noexcept {
    std::uint32_t result = 0x80000000;
    std::uint32_t square = 0x40000000;
    for (; power != 0; power >>= 1) {
        if ((power & 1) != 0) result = multiply(result, square);
        square = multiply(square, square);
    }
    return result;
}

/// Moves a sum past `Length` zero bytes: what joins the sums of streams that were added up side by side.
template <std::size_t Length>
struct zero_run {
    using tables = std::array<std::array<std::uint32_t, 256>, 4>;

    static constexpr tables make() noexcept {
        tables shift{};
        const std::uint32_t factor = x_to_the(8 * Length);
        for (std::size_t place = 0; place < 4; ++place) {
            // The map is linear, so each entry is the sum of two earlier ones.
            for (std::size_t byte = 1; byte < 256; ++byte) {
                const std::size_t low = byte & (~byte + 1);
                shift[place][byte] = byte == low
                                         ? multiply(factor, static_cast<std::uint32_t>(byte << (8 * place)))
                                         : shift[place][byte ^ low] ^ shift[place][low];
            }
        }
        return shift;
    }

    static constexpr tables shift = make();

    static std::uint32_t append(std::uint32_t sum) noexcept {
        return shift[0][sum & 0xff] ^ shift[1][(sum >> 8) & 0xff] ^ shift[2][(sum >> 16) & 0xff] ^
               shift[3][sum >> 24];
    }
};

std::uint64_t load_word(const std::byte* at) noexcept {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    return word;
}

// The instruction has a latency of three cycles and a throughput of one: three streams keep it busy.
template <std::size_t Length>
__attribute__((target("sse4.2"))) std::uint64_t update_three(std::uint64_t sum, const std::byte*& at,
                                                             const std::byte* end) noexcept {
    while (static_cast<std::size_t>(end - at) >= 3 * Length) {
        std::uint64_t second = 0;
        std::uint64_t third = 0;
        for (const std::byte* const stop = at + Length; at != stop; at += 8) {
            sum = _mm_crc32_u64(sum, load_word(at));
            second = _mm_crc32_u64(second, load_word(at + Length));
            third = _mm_crc32_u64(third, load_word(at + 2 * Length));
        }
        sum = zero_run<Length>::append(static_cast<std::uint32_t>(sum)) ^ second;
        sum = zero_run<Length>::append(static_cast<std::uint32_t>(sum)) ^ third;
        at += 2 * Length;
    }
    return sum;
}

} // namespace

__attribute__((target("sse4.2"))) std::uint32_t crc32c_by_hardware(std::span<const std::byte> bytes,
                                                                   std::uint32_t seed) noexcept {
    std::uint64_t sum = ~seed;
    const std::byte* at = bytes.data();
    const std::byte* const end = at + bytes.size();
    sum = update_three<4096>(sum, at, end);
    sum = update_three<256>(sum, at, end);
    for (; end - at >= 8; at += 8) sum = _mm_crc32_u64(sum, load_word(at));
    auto narrow = static_cast<std::uint32_t>(sum);
    for (; at != end; ++at) narrow = _mm_crc32_u8(narrow, static_cast<unsigned char>(*at));
    return ~narrow;
}

bool crc32c_hardware_available() noexcept {
    __builtin_cpu_init();
    return __builtin_cpu_supports("sse4.2") != 0;
}

#else

std::uint32_t crc32c_by_hardware(std::span<const std::byte> bytes, std::uint32_t seed) noexcept {
    return crc32c_by_table(bytes, seed);
}

bool crc32c_hardware_available() noexcept { return false; }

#endif

std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t seed) noexcept {
    static const auto chosen = crc32c_hardware_available() ? &crc32c_by_hardware : &crc32c_by_table;
    return chosen(bytes, seed);
}

std::uint32_t crc32c(bytes_view bytes) noexcept { return crc32c(bytes.bytes()); }

KASIO_END_NAMESPACE
