// SPDX-License-Identifier: BSL-1.0
// What memory holds when it is given back. Every `delete` of this program on a thread that watches is looked
// at.
#include "sasl_fixture.hpp"

#include <malloc.h>

#include <cstdlib>
#include <new>
#include <string_view>

namespace {

thread_local std::string_view watched;
thread_local int found = 0;

void look_at(void* block) noexcept {
    if (block == nullptr || watched.empty()) return;
    const std::string_view bytes{static_cast<const char*>(block), ::malloc_usable_size(block)};
    if (bytes.find(watched) != bytes.npos) ++found;
}

/// Counts the blocks that this thread gives back with `secret` in them.
struct watch {
    explicit watch(std::string_view secret) {
        found = 0;
        watched = secret;
    }
    ~watch() { watched = {}; }
    watch(const watch&) = delete;
    watch& operator=(const watch&) = delete;
};

} // namespace

void* operator new(std::size_t size) {
    if (void* const block = std::malloc(size)) return block;
    throw std::bad_alloc{};
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size); }
void* operator new[](std::size_t size) { return operator new(size); }
void operator delete(void* block) noexcept {
    look_at(block);
    std::free(block);
}
void operator delete(void* block, std::size_t) noexcept { operator delete(block); }
void operator delete[](void* block) noexcept { operator delete(block); }
void operator delete[](void* block, std::size_t) noexcept { operator delete(block); }

using namespace kasio_test;
using kasio::testing::version_profile;

namespace {

// Longer than what strings keep inside themselves.
constexpr const char* secret = "the.secret.of.all.secrets.never.to.be.seen.again";

kasio::cluster_options keeper(sasl_mechanism mechanism) {
    auto options = alice(mechanism);
    options.sasl.password = secret;
    if (mechanism != sasl_mechanism::oauthbearer) return options;
    return bearer([](asio::any_completion_handler<void(error_code, oauth_token)> handler) {
        std::move(handler)(error_code{}, oauth_token{secret});
    });
}

} // namespace

TEST_CASE("a string's memory is seen when it is given back") {
    const watch all{secret};
    { const std::string leaking{secret}; }
    CHECK(found == 1);
}

TEST_CASE("no memory is given back with a secret in it") {
    auto sasl = doorkeeper();
    sasl.users = {{"alice", secret}};
    sasl.tokens = {secret};
    kasio::testing::broker broker{behind(sasl)};
    for (const auto profile : {version_profile::latest, version_profile::kafka_0_11}) {
        broker.set_profile(profile);
        for (const auto mechanism : {sasl_mechanism::plain, sasl_mechanism::scram_sha_256,
                                     sasl_mechanism::scram_sha_512, sasl_mechanism::oauthbearer}) {
            const watch all{secret};
            const auto ended = log_in(broker.port(1), keeper(mechanism));
            CHECK_FALSE(ended.error);
            CHECK(found == 0);
        }
    }
}
