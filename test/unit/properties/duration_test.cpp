// SPDX-License-Identifier: BSL-1.0
#include "properties/duration.hpp"
#include "support/catch.hpp"

#include <kasio/properties.hpp>

#include <array>

using namespace kasio;
using namespace std::chrono_literals;

TEST_CASE("a duration is read as Java's Duration.parse reads it") {
    struct example {
        std::string_view text;
        std::chrono::milliseconds length;
    };
    constexpr std::array examples{
        example{"PT20.345S", 20'345ms},
        example{"PT15M", 15min},
        example{"PT10H", 10h},
        example{"P2D", 48h},
        example{"P2DT3H4M", 51h + 4min},
        example{"pt0s", 0ms},
        example{" P1DT1H1M1.000000001S ", 25h + 1min + 1s + 1ms},
    };
    for (const auto& [text, length] : examples) {
        INFO(text);
        auto read = -1ms;
        CHECK(read_duration(text, read).empty());
        CHECK(read == length);
    }
}

TEST_CASE("what is no duration is refused and changes nothing") {
    for (const std::string_view text : {"",
                                        "P",
                                        "PT",
                                        "P1DT",
                                        "1D",
                                        "P1H",
                                        "PT1D",
                                        "PT1M1H",
                                        "PT1S1S",
                                        "PT1.5M",
                                        "PT-1S",
                                        "-PT1S",
                                        "PT1",
                                        "PT.S",
                                        "PT1.0000000001S",
                                        "PTT1S",
                                        "P999999999999999999999D",
                                        "P400000000D",
                                        "PT1.",
                                        "P1W"}) {
        INFO(text);
        auto read = 7ms;
        CHECK_FALSE(read_duration(text, read).empty());
        CHECK(read == 7ms);
    }
}

TEST_CASE("a consumer may start a duration back by the setting's name") {
    const auto all = options_from({{"auto.offset.reset", "by_duration:PT36H"}});
    CHECK(all.consumer.offset_reset == offset_reset::by_duration);
    CHECK(all.consumer.offset_reset_duration == 36h);
    CHECK_THROWS(options_from({{"auto.offset.reset", "by_duration:36h"}}));
}
