// SPDX-License-Identifier: BSL-1.0
#include "compression/compression.hpp"

#include "require.hpp"
#include "targets.hpp"

#include <kasio/bytes.hpp>

#include <boost/system/system_error.hpp>

#include <cstring>
#include <optional>

using namespace kasio;

namespace {

constexpr std::size_t most = 1 << 16;

bool equal(std::span<const std::byte> a, std::span<const std::byte> b) {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

void pack_and_unpack(compression codec, std::span<const std::byte> plain, decompressor& codecs) {
    byte_buffer packed;
    try {
        compressor with{codec};
        require(!with.compress(plain, packed), "anything can be compressed");
    } catch (const boost::system::system_error&) {
        return; // not built in
    }
    byte_buffer again;
    require(!codecs.decompress(codec, packed.bytes(), again, plain.size()), "what is packed can be unpacked");
    require(equal(again.bytes(), plain), "it is what was packed");
}

} // namespace

void fuzz_compression(std::span<const std::byte> input) {
    static decompressor codecs;
    if (input.empty()) return;
    const auto choice = static_cast<unsigned>(input[0]) % 8;
    const bool magic_0 = choice >= 6;
    const auto codec = magic_0 ? compression::lz4 : static_cast<compression>(choice);
    const auto packed = input.subspan(1);
    byte_buffer out;
    out.append(bytes_view{"before"}.bytes());
    const auto before = out.size();
    const error_code error = magic_0 ? codecs.decompress_magic_0(codec, packed, out, most)
                                     : codecs.decompress(codec, packed, out, most);
    require(equal(out.bytes().first(before), bytes_view{"before"}.bytes()), "output is appended");
    if (error) {
        require(out.size() == before, "after an error the output is what it was");
        return;
    }
    require(out.size() - before <= most, "no more comes out than is allowed");
    byte_buffer exact;
    const auto plain = out.bytes().subspan(before);
    require(!(magic_0 ? codecs.decompress_magic_0(codec, packed, exact, plain.size())
                      : codecs.decompress(codec, packed, exact, plain.size())),
            "a limit that is reached is not passed");
    // Making a context costs more than all the rest: not for every input.
    if (plain.size() % 16 == 3) pack_and_unpack(codec, plain, codecs);
}
