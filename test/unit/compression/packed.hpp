// SPDX-License-Identifier: BSL-1.0
// Strings in, strings out.
#pragma once

#include "compression/compression.hpp"

#include <kasio/bytes.hpp>

#include "support/catch.hpp"
#include "support/vectors.hpp"

#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace kasio_test {

inline std::vector<kasio::compression> available_codecs() {
    std::vector<kasio::compression> codecs;
    for (int number = 0; number < 5; ++number) {
        const auto codec = static_cast<kasio::compression>(number);
        if (kasio::is_available(codec)) codecs.push_back(codec);
    }
    return codecs;
}

inline std::string text_of(const kasio::byte_buffer& buffer) {
    return kasio::bytes_view{buffer.bytes()}.to_string();
}

inline std::string pack(kasio::compressor& with, std::string_view plain) {
    kasio::byte_buffer out;
    REQUIRE(with.compress(bytes_of(plain), out) == kasio::error_code{});
    return text_of(out);
}
inline std::string pack(kasio::compression codec, std::string_view plain) {
    kasio::compressor with{codec};
    return pack(with, plain);
}

struct unpacked {
    kasio::error_code error;
    std::string bytes;
    /// How much memory the output took.
    std::size_t capacity = 0;
};

/// The input lies in memory of exactly its size, so that a read beyond its end is one beyond an allocation.
inline unpacked unpack(kasio::decompressor& with, kasio::compression codec, std::string_view packed,
                       std::size_t most) {
    const auto exact = std::make_unique<std::byte[]>(packed.size());
    if (!packed.empty()) std::memcpy(exact.get(), packed.data(), packed.size());
    kasio::byte_buffer out;
    unpacked result;
    result.error = with.decompress(codec, {exact.get(), packed.size()}, out, most);
    result.bytes = text_of(out);
    result.capacity = out.capacity();
    return result;
}
inline unpacked unpack(kasio::compression codec, std::string_view packed, std::size_t most) {
    kasio::decompressor with;
    return unpack(with, codec, packed, most);
}

inline std::string random_bytes(std::size_t size) {
    std::mt19937 random{42};
    std::string bytes(size, '\0');
    for (char& each : bytes) each = static_cast<char>(random());
    return bytes;
}

/// Lines that repeat in part, as records do.
inline std::string text_like(std::size_t size) {
    std::mt19937_64 random{7};
    std::string text;
    while (text.size() < size)
        text += "{\"order\":" + std::to_string(random() % 100'000) + ",\"state\":\"shipped\"}\n";
    text.resize(size);
    return text;
}

} // namespace kasio_test
