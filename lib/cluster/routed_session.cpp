// SPDX-License-Identifier: BSL-1.0
#include "cluster/routed_session.hpp"

#include "cluster/metadata_cache.hpp"

#include <algorithm>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

/// Goes on with what metadata knows, or, where it does not know enough, with what it says when asked anew.
template <class Go>
void informed(const std::shared_ptr<cluster_core>& core, bool known, time_point deadline,
              session_handler done, Go go) {
    if (known) return go(std::move(done));
    const auto limit = std::min(deadline, steady_clock::now() + core->options().request_timeout);
    core->async_refresh(limit, [go = std::move(go), done = std::move(done)](error_code error) mutable {
        if (error) return done(error, nullptr);
        go(std::move(done));
    });
}

void to_controller(const std::shared_ptr<cluster_core>& core, purpose what, time_point deadline,
                   session_handler done, given_up_flag given_up) {
    const auto go = [core, what, deadline, given_up](session_handler then) {
        const auto node = core->metadata().controller();
        if (core->metadata().node(node) == nullptr) {
            // Nobody is said to be: whoever is asked passes it on, or says that it does not.
            return core->async_any_session(deadline, std::move(then), given_up);
        }
        core->async_session(node, what, deadline, std::move(then));
    };
    const bool known = core->metadata().node(core->metadata().controller()) != nullptr;
    informed(core, known, deadline, std::move(done), go);
}

/// A node nobody has told of may have come since metadata was asked for.
void to_node(const std::shared_ptr<cluster_core>& core, std::int32_t node, purpose what, time_point deadline,
             session_handler done) {
    const auto go = [core, node, what, deadline](session_handler then) {
        core->async_session(node, what, deadline, std::move(then));
    };
    informed(core, core->metadata().node(node) != nullptr, deadline, std::move(done), go);
}

void to_coordinator(const std::shared_ptr<cluster_core>& core, const route& to, time_point deadline,
                    session_handler done, given_up_flag given_up) {
    auto on_node = [core, of = to.of, key = to.key, deadline, done = std::move(done)](
                       error_code error, std::int32_t node) mutable {
        if (error) return done(error, nullptr);
        auto on_line = [core, of, key = std::move(key), node, done = std::move(done)](
                           error_code failed, std::shared_ptr<session> line) mutable {
            if (failed) core->forget_coordinator(of, key, node);
            done(failed, std::move(line));
        };
        core->async_session(node, purpose::coordinator, deadline, std::move(on_line));
    };
    core->async_coordinator(to.of, to.key, deadline, std::move(on_node), std::move(given_up));
}

} // namespace

void async_routed_session(const std::shared_ptr<cluster_core>& core, const route& to, time_point deadline,
                          session_handler done, given_up_flag given_up) {
    switch (to.to) {
        case route::kind::any: break;
        case route::kind::node: return to_node(core, to.node, to.for_what, deadline, std::move(done));
        case route::kind::controller:
            return to_controller(core, to.for_what, deadline, std::move(done), std::move(given_up));
        case route::kind::coordinator:
            return to_coordinator(core, to, deadline, std::move(done), std::move(given_up));
    }
    core->async_any_session(deadline, std::move(done), std::move(given_up));
}

KASIO_END_NAMESPACE
