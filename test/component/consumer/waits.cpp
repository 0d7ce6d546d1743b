// SPDX-License-Identifier: BSL-1.0
// Everything a consumer's caller can wait for ends, once and in time, by cancellation, close and destruction,
// wherever the brokers fell silent.
#include "component/consumer/consumer_fixture.hpp"

#include <kasio/partition_stream.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <array>
#include <map>

using namespace kasio_test;

namespace {

/// How one wait ended.
struct ended_wait {
    int times = 0;
    error_code error;
    asio::cancellation_signal signal;
    auto handler() {
        return asio::bind_cancellation_slot(signal.slot(), [this](error_code code, const auto&...) {
            ++times;
            error = code;
        });
    }
};

/// A consumer that reads, of which a stream was made.
struct waiting_reader {
    asio::io_context io;
    std::optional<cluster> kafka;
    std::optional<consumer> in;
    partition_stream stream;

    explicit waiting_reader(testing::broker& broker) {
        auto options = from_start();
        options.group_id = "g";
        kafka.emplace(io.get_executor(), quick(broker.bootstrap_servers()));
        in.emplace(*kafka, options);
        in->assign({{{"t", 0}, {}}, {{"t", 1}, {}}});
        stream = in->partition_stream({"t", 1});
    }
};

using wait_of = std::pair<const char*, void (*)(waiting_reader&, ended_wait&)>;
const std::vector<wait_of> waits{
    {"async_poll", [](waiting_reader& with, ended_wait& wait) { with.in->async_poll(wait.handler()); }},
    {"async_next", [](waiting_reader& with, ended_wait& wait) { with.stream.async_next(wait.handler()); }},
    {"async_position",
     [](waiting_reader& with, ended_wait& wait) {
         with.in->async_position({"t", 0}, wait.handler());
     }},
    {"async_end_offsets",
     [](waiting_reader& with, ended_wait& wait) {
         with.in->async_end_offsets({{"t", 0}, {"t", 1}}, wait.handler());
     }},
    {"async_offsets_for_times",
     [](waiting_reader& with, ended_wait& wait) {
         with.in->async_offsets_for_times({{{"t", 0}, timestamp{}}}, wait.handler());
     }},
    {"async_commit",
     [](waiting_reader& with, ended_wait& wait) {
         with.in->async_commit(committed_offset{{"t", 0}, 5}, wait.handler());
     }},
    {"async_committed",
     [](waiting_reader& with, ended_wait& wait) {
         with.in->async_committed({{"t", 0}}, wait.handler());
     }},
};

/// Where a broker falls silent for groups, besides what holds for all.
std::vector<std::pair<const char*, std::function<void(testing::broker&)>>> all_stages() {
    auto all = stages;
    all.emplace_back("silent at FindCoordinator", [](auto& b) { b.drop_next(api::find_coordinator, 1000); });
    all.emplace_back("failing at FindCoordinator", [](auto& b) {
        b.fail_next(api::find_coordinator, broker_errc::coordinator_not_available, 100'000);
    });
    all.emplace_back("silent at OffsetFetch", [](auto& b) { b.drop_next(api::offset_fetch, 1000); });
    all.emplace_back("silent at OffsetCommit", [](auto& b) { b.drop_next(api::offset_commit, 1000); });
    return all;
}

struct ending {
    const char* name;
    void (*end)(waiting_reader&, ended_wait&);
    error_code told;
};
const std::vector<ending> endings{
    {"cancelled",
     [](waiting_reader&, ended_wait& wait) {
         static int type = 0;
         constexpr std::array types{asio::cancellation_type::terminal, asio::cancellation_type::partial,
                                    asio::cancellation_type::total};
         wait.signal.emit(types[static_cast<std::size_t>(type++) % types.size()]);
     },
     asio::error::operation_aborted},
    {"closed", [](waiting_reader& with, ended_wait&) { with.in->async_close(100ms, [](error_code) {}); },
     errc::closed},
    {"cluster closed",
     [](waiting_reader& with, ended_wait&) { with.kafka->async_close(100ms, [](error_code) {}); },
     errc::closed},
    {"destroyed", [](waiting_reader& with, ended_wait&) { with.in.reset(); }, asio::error::operation_aborted},
};

} // namespace

TEST_CASE("whatever a consumer is waited for ends once and in time, at every step", "[L1][L2][L3]") {
    // How often each was ended while it waited.
    std::map<std::string, int> caught;
    for (const auto& [stage, fault] : all_stages()) {
        for (const auto& [name, start] : waits) {
            for (const auto& [how, end, told] : endings) {
                CAPTURE(stage, name, how);
                testing::broker broker;
                broker.create_topic("t", 2);
                fault(broker);
                ended_wait wait;
                waiting_reader with{broker};
                start(with, wait);
                with.io.run_for(8ms);
                if (wait.times != 0) continue;
                end(with, wait);
                CHECK(wait.times == 0);
                REQUIRE(run_until(
                    with.io, [&] { return wait.times == 1; }, 2s));
                // On a slow machine the answer may have been there already.
                CHECK((wait.error == told || !wait.error));
                if (wait.error == told) ++caught[name];
                with.io.restart();
                with.io.run_for(2ms);
                CHECK(wait.times == 1);
            }
        }
    }
    // Each of them in most of the steps, by all ends.
    for (const auto& [name, start] : waits) {
        CAPTURE(name);
        CHECK(caught[name] >= 4 * static_cast<int>(endings.size()));
    }
}
