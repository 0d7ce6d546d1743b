// SPDX-License-Identifier: BSL-1.0
// How long the leader of a large group assigns: 1,000 members, 10,000 partitions. Built on the library's
// inside, for reading what members tell.
#include "group/member_bytes.hpp"

#include <kasio/assignor.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

using namespace kasio;

namespace {

constexpr int member_count = 1000;
constexpr int topic_count = 100;
constexpr int topic_size = 100;

struct large_group {
    std::vector<topic_layout> topics;
    std::vector<member_subscription> members;
};

/// `every`: each member wants every topic whose number it divides with; 1: all want the same.
large_group make_group(int every) {
    large_group made;
    for (int t = 0; t < topic_count; ++t) made.topics.emplace_back("topic-" + std::to_string(t), topic_size);
    for (int m = 0; m < member_count; ++m) {
        auto& each = made.members.emplace_back();
        each.id = "consumer-" + std::to_string(m) + "-7a1c9c1e-2f6b-4c39-9a61-0e5ad9a80d5f";
        for (int t = 0; t < topic_count; ++t)
            if ((t + m) % every == 0) each.topics.push_back(made.topics[static_cast<std::size_t>(t)].name);
    }
    return made;
}

void own(large_group& group, const std::vector<member_assignment>& assigned, std::int32_t generation) {
    for (std::size_t m = 0; m < group.members.size(); ++m) {
        group.members[m].owned = assigned[m].partitions;
        group.members[m].generation = generation;
    }
}

/// The best of five, in milliseconds.
template <class Work>
double best(Work work) {
    double least = 1e9;
    for (int i = 0; i < 5; ++i) {
        const auto start = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
        least = std::min(least, took.count());
    }
    return least;
}

void measure(const char* what, large_group group) {
    const auto by = cooperative_sticky_assignor();
    std::vector<member_assignment> assigned;
    const double fresh = best([&] { assigned = by->assign(group.members, group.topics); });
    own(group, assigned, 1);
    const double same = best([&] { assigned = by->assign(group.members, group.topics); });
    group.members.erase(group.members.begin(), group.members.begin() + member_count / 10);
    const double left = best([&] { assigned = by->assign(group.members, group.topics); });
    std::vector<std::string> stored;
    for (const auto& each : group.members) stored.push_back(encode_subscription(each, std::nullopt));
    const double decode = best([&] {
        for (std::size_t m = 0; m < stored.size(); ++m)
            if (decode_subscription(stored[m], group.members[m]).failed()) std::abort();
    });
    std::printf(
        "%s: first assignment %.1f ms, nothing changed %.1f ms, a tenth left %.1f ms, "
        "reading the subscriptions %.1f ms\n",
        what, fresh, same, left, decode);
}

} // namespace

int main() {
    std::printf("cooperative-sticky, %d members, %d partitions\n", member_count, topic_count * topic_size);
    measure("all want the same topics", make_group(1));
    measure("members want different topics", make_group(3));
}
