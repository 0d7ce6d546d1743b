// SPDX-License-Identifier: BSL-1.0
#include "require.hpp"
#include "security/scram.hpp"
#include "targets.hpp"

#include <algorithm>
#include <string_view>

using namespace kasio;
using action = sasl_step::action;

namespace {

// Names and nonces of the vectors, so that their exchanges succeed.
std::unique_ptr<sasl_machine> machine_for(unsigned choice) {
    constexpr std::string_view user = "user";
    constexpr std::string_view password = "pencil";
    switch (choice % 4) {
        case 0:
            return make_scram({.hash = scram_hash::sha_256,
                               .username = user,
                               .password = password,
                               .max_iterations = scram_min_iterations,
                               .nonce = "rOprNGfwEbeRWgbNEkqO"});
        case 1:
            return make_scram({.hash = scram_hash::sha_512,
                               .username = user,
                               .password = password,
                               .max_iterations = scram_min_iterations,
                               .nonce = "fyko+d2lbbFgONRv9qkxdawL"});
        case 2: return make_plain(user, password);
        default: return make_oauthbearer("token", {{"extension", "value"}});
    }
}

void check_step(const sasl_step& step) {
    require((step.what == action::fail) == bool(step.error), "a failure, and only that, has a code");
    const auto plain = [](char c) { return c >= 0x20 && c < 0x7f; };
    require(std::all_of(step.text.begin(), step.text.end(), plain), "texts are fit for a log");
    require(step.text.size() < 1024, "texts are short");
}

sasl_step worked(sasl_machine& machine, sasl_step step) {
    constexpr int most = scram_min_iterations / scram_rounds_per_slice + 1;
    for (int slices = 0; step.what == action::work; ++slices) {
        require(slices <= most, "work is bounded");
        step = machine.on_work();
        check_step(step);
    }
    return step;
}

} // namespace

void fuzz_sasl(std::span<const std::byte> input) {
    if (input.empty()) return;
    const auto machine = machine_for(static_cast<unsigned>(input[0]));
    std::string_view said{reinterpret_cast<const char*>(input.data()) + 1, input.size() - 1};
    check_step(machine->start());
    bool over = false;
    for (int messages = 0; messages < 5; ++messages) {
        const auto end = said.find('\n');
        const sasl_step step = worked(*machine, machine->on_message(said.substr(0, end)));
        check_step(step);
        require(!over || step.what == action::fail, "nothing comes after the end");
        over = over || step.what == action::done || step.what == action::fail;
        if (end == std::string_view::npos) break;
        said.remove_prefix(end + 1);
    }
}
