// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/cluster_core.hpp"
#include "net/pending_request.hpp"

#include <memory>

KASIO_BEGIN_NAMESPACE

/// A user's request looking for its broker, as often as it takes, until its deadline: after failures of the
/// line; after answers that say another broker is the one to ask; never again when it must not be done twice
/// and may have been done.
class user_request : public std::enable_shared_from_this<user_request> {
public:
    user_request(std::shared_ptr<cluster_core> core, route to, std::shared_ptr<pending_request> request,
                 time_point deadline);
    /// On the strand, as all that follows.
    void attempt();

private:
    void send(error_code error, const std::shared_ptr<session>& line);
    void on_ended(error_code error);
    void on_answer();
    void again(error_code error, bool look_anew);
    void finish(error_code error);
    [[nodiscard]] bool may_repeat() const;

    const std::shared_ptr<cluster_core> core_;
    const route to_;
    /// Not here while an attempt is under way: it owns this, and must not be owned by it.
    std::shared_ptr<pending_request> request_;
    const time_point deadline_;
    const std::shared_ptr<bool> given_up_ = std::make_shared<bool>(false);
    std::int32_t asked_ = -1;
    error_code first_cause_;
    int attempts_ = 0;
};

KASIO_END_NAMESPACE
