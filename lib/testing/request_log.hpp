// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>
#include <kasio/testing/request.hpp>

#include <cstddef>
#include <deque>
#include <map>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// The requests that the cluster has seen, bounded, and their counts, which are not.
class request_log {
public:
    explicit request_log(std::size_t limit) : limit_{limit} {}

    void add(request_record request);
    void clear();
    [[nodiscard]] std::vector<request_record> list(api which, int node) const;
    [[nodiscard]] std::size_t count(api which, int node) const;

private:
    std::size_t limit_;
    std::deque<request_record> requests_;
    std::map<std::pair<api, int>, std::size_t> counts_;
};

} // namespace testing
KASIO_END_NAMESPACE
