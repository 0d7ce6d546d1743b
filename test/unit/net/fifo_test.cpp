// SPDX-License-Identifier: BSL-1.0
#include "net/fifo.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <vector>

using namespace kasio;

TEST_CASE("a fifo gives its elements back in order, also when some are taken from its middle") {
    fifo<std::unique_ptr<int>> queue;
    std::deque<int> model;
    unsigned random = 1;
    for (int i = 0; i != 5000; ++i) {
        random = random * 1103515245U + 12345U;
        const auto choice = random >> 16 & 7U;
        if (choice < 4 || model.empty()) {
            queue.push_back(std::make_unique<int>(i));
            model.push_back(i);
        } else if (choice < 7) {
            CHECK(*queue.pop_front() == model.front());
            model.pop_front();
        } else {
            const auto index = model.size() / 2;
            CHECK(*queue.take(index) == model[index]);
            model.erase(model.begin() + static_cast<std::ptrdiff_t>(index));
        }
        REQUIRE(queue.size() == model.size());
        CHECK(queue.empty() == model.empty());
        if (!model.empty()) {
            CHECK(*queue.front() == model.front());
            CHECK(*queue[model.size() - 1] == model.back());
        }
    }
    queue.clear();
    CHECK(queue.empty());
}

TEST_CASE("a fifo that slides along keeps to its memory") {
    fifo<int> queue;
    for (int i = 0; i != 8; ++i) queue.push_back(int{i});
    // Between 8 and 16 elements: never more than a vector's two doublings above that.
    std::vector<const int*> places;
    for (int i = 8; i != 10'000; ++i) {
        queue.push_back(int{i});
        CHECK(queue.pop_front() == i - 8);
        places.push_back(&queue.front());
    }
    const auto [lowest, highest] = std::minmax_element(places.begin() + 100, places.end());
    CHECK(*highest - *lowest < 64);
}
