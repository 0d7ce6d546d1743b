// SPDX-License-Identifier: BSL-1.0
#include "testing/request_log.hpp"

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

bool fits(api which, int node, api seen, int seen_node) {
    return (which == api::any || which == seen) && (node == any_node || node == seen_node);
}

} // namespace

void request_log::add(request_record request) {
    ++counts_[{request.api, request.node}];
    requests_.push_back(std::move(request));
    while (requests_.size() > limit_) requests_.pop_front();
}

void request_log::clear() {
    requests_.clear();
    counts_.clear();
}

std::vector<request_record> request_log::list(api which, int node) const {
    std::vector<request_record> found;
    for (const request_record& request : requests_)
        if (fits(which, node, request.api, request.node)) found.push_back(request);
    return found;
}

std::size_t request_log::count(api which, int node) const {
    std::size_t total = 0;
    for (const auto& [seen, times] : counts_)
        if (fits(which, node, seen.first, seen.second)) total += times;
    return total;
}

} // namespace testing
KASIO_END_NAMESPACE
