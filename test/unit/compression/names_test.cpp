// SPDX-License-Identifier: BSL-1.0
#include "packed.hpp"

#include <boost/system/system_error.hpp>

#include <sstream>

using namespace kasio;
using namespace kasio_test;

TEST_CASE("codecs have the names of compression.type, in letters of any case") {
    for (const char* name : {"none", "gzip", "snappy", "lz4", "zstd"}) {
        const auto codec = parse_compression(name);
        REQUIRE(codec);
        CHECK(compression_name(*codec) == name);
        std::ostringstream text;
        text << *codec;
        CHECK(text.str() == name);
    }
    CHECK(parse_compression("GZip") == compression::gzip);
    CHECK(parse_compression("LZ4") == compression::lz4);
    for (const char* name : {"", "gzi", "gzipp", "zip", "unknown", " none", "no ne", "producer"}) {
        INFO(name);
        CHECK_FALSE(parse_compression(name));
    }
    CHECK(compression_name(static_cast<compression>(5)) == "unknown");
    CHECK(compression_name(static_cast<compression>(-1)) == "unknown");
}

TEST_CASE("a codec that was not built in is an error, at once for whoever writes") {
    CHECK(is_available(compression::none));
    CHECK(is_available(compression::gzip));
    CHECK(is_available(compression::lz4));
    CHECK_FALSE(is_available(static_cast<compression>(5)));
    std::vector<compression> missing;
    for (const auto codec : {compression::snappy, compression::zstd}) {
        if (!is_available(codec)) missing.push_back(codec);
    }
    for (const auto codec : missing)
        CHECK(unpack(codec, "some bytes", 100).error == errc::compression_unavailable);
    // A number without a codec is none that can be built in.
    missing.push_back(static_cast<compression>(5));
    for (const auto codec : missing) {
        try {
            compressor with{codec};
            FAIL("made a compressor of " << codec);
        } catch (const boost::system::system_error& error) {
            CHECK(error.code() == errc::compression_unavailable);
        }
    }
    for (const int number : {5, 7, -1}) {
        CHECK(unpack(static_cast<compression>(number), "some bytes", 100).error == errc::corrupt_batch);
    }
}
