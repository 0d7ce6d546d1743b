// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "base/unique_function.hpp"
#include "net/executor.hpp"
#include "net/session.hpp"

#include <kasio/cluster.hpp>
#include <kasio/destination.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

KASIO_BEGIN_NAMESPACE

class metadata_cache; // cluster/metadata_cache.hpp: pure

/// Connections of different purpose never share a line: a long poll must not hold up what others wait for. From
/// `first_lane` on each number is a line of its own, for whoever needs one that nobody shares: a consumer's fetches.
enum class purpose : std::uint32_t { common, produce, fetch, coordinator, first_lane };

/// Throws `invalid_option` when an option that is about one connection cannot be.
void check_line_options(const cluster_options& options);

/// Told about what happens to the cluster, on its strand. Registered while it lives.
class cluster_listener {
public:
    virtual void on_metadata(const metadata_cache& metadata) = 0;
    /// The cluster closes: fail what is pending with `cause` and let go. Called once.
    virtual void on_cluster_closed(error_code cause) = 0;
    /// The execution context goes down with operations pending, which will never complete: destroy their
    /// handlers unrun. Called from the context's shutdown, not on the strand; nothing else runs any more.
    virtual void on_context_shutdown() noexcept {}

protected:
    ~cluster_listener() = default;
};

/// Where a typed request goes.
struct route {
    using kind = destination::kind;
    kind to = kind::any;
    std::int32_t node = -1;
    /// A coordinator's lines are `purpose::coordinator`, whatever this says.
    purpose for_what = purpose::common;
    coordinator_kind of = coordinator_kind::group;
    std::string key = {};
};

using node_handler = unique_function<void(error_code, std::int32_t node)>;
using session_handler = unique_function<void(error_code, std::shared_ptr<session>)>;

/// True once nobody waits any more for what was asked; null for who always does. Looked at before each new step,
/// which then is not taken. Set and read on the strand.
using given_up_flag = std::shared_ptr<const bool>;

/// The state behind `cluster`: metadata, pool, routing, retry. Functions are called on the strand unless they
/// say otherwise; handlers are called on the strand, exactly once, never inside the call that takes them.
class cluster_core : public std::enable_shared_from_this<cluster_core> {
public:
    static std::shared_ptr<cluster_core> create(boost::asio::any_io_executor executor, cluster_options options);
    virtual ~cluster_core() = default;

    // From any thread.
    [[nodiscard]] virtual const serial_executor& strand() const noexcept = 0;
    [[nodiscard]] virtual const boost::asio::any_io_executor& user_executor() const noexcept = 0;
    [[nodiscard]] virtual const cluster_options& options() const noexcept = 0;
    [[nodiscard]] virtual failure last_failure() const = 0;
    /// The execution context went down: nothing may be posted to the strand any more.
    [[nodiscard]] virtual bool context_gone() const noexcept = 0;
    /// Public handles (cluster, producer, consumer) count themselves; when the last one is gone all that is
    /// pending ends with `operation_aborted` and sockets and timers are let go, posted to the strand.
    virtual void retain() noexcept = 0;
    virtual void release() noexcept = 0;

    // On the strand.
    virtual void add_listener(std::weak_ptr<cluster_listener> listener) = 0;
    [[nodiscard]] virtual bool closed() const noexcept = 0;
    /// Why it is closed: `errc::closed`, or `operation_aborted` when its last handle was destroyed. Nothing while it
    /// is open.
    [[nodiscard]] virtual error_code ended() const noexcept = 0;
    [[nodiscard]] virtual const metadata_cache& metadata() const noexcept = 0;
    /// Keeps the topic in every refresh from now on. The first watcher makes it asked for now, since what is known of
    /// it may be old. A topic that lacks is created by the broker, if any watcher allows it and the broker does.
    virtual void watch_topic(std::string_view topic, bool allow_auto_create) = 0;
    virtual void unwatch_topic(std::string_view topic) = 0;
    /// Something turned out stale: ask anew, with back-off, at most one request at a time.
    virtual void refresh_metadata() = 0;
    /// Calls back once the next refresh that *starts after this call* has succeeded, or at `deadline` with the
    /// first cause (`metadata_unavailable` when there is none).
    virtual void async_refresh(time_point deadline, unique_function<void(error_code)> done) = 0;

    /// A connection that is open right now, or null. Costs nothing; what senders ask first.
    [[nodiscard]] virtual std::shared_ptr<session> open_session(std::int32_t node, purpose what) = 0;
    /// Takes a leader from an answer (KIP-951), if it is newer and its node known. True when taken.
    virtual bool hint_leader(std::string_view topic, std::int32_t partition, std::int32_t leader, std::int32_t epoch) = 0;
    /// Takes the address of a node from an answer (KIP-951).
    virtual void hint_node(std::int32_t node, std::string host, std::int32_t port) = 0;
    /// Connects where needed, after the node's back-off. One attempt: a failure is told at once, at the latest at
    /// `deadline`; whoever goes on asks again.
    virtual void async_session(std::int32_t node, purpose what, time_point deadline, session_handler done) = 0;
    /// Any broker that can be reached: the least loaded open one, else known ones, else the bootstrap list; until
    /// `deadline`, then with the first cause; with `operation_aborted` some time after it was given up.
    virtual void async_any_session(time_point deadline, session_handler done, given_up_flag given_up = nullptr) = 0;
    /// Who coordinates `key`, as known, else asked for, with back-off, until `deadline`: then the first cause.
    /// Its address is known afterwards: ask for its line with `purpose::coordinator`. At once with what no waiting
    /// would mend (`GROUP_AUTHORIZATION_FAILED`, ...); with `operation_aborted` some time after it was given up.
    virtual void async_coordinator(coordinator_kind kind, std::string key, time_point deadline, node_handler done,
                                   given_up_flag given_up = nullptr) = 0;
    /// `node`, which `async_coordinator` gave, is no longer the one (codes 15 and 16) or cannot be reached: the next
    /// who asks looks it up anew. Whoever it is by now, when `node` is -1.
    virtual void forget_coordinator(coordinator_kind kind, std::string_view key, std::int32_t node = -1) = 0;
    /// The wait before attempt `n` (from 0) of a request that failed: `retry.backoff.ms` doubled with jitter.
    [[nodiscard]] virtual steady_clock::duration retry_delay(int attempt) = 0;
    /// Runs `call` at `when`, on the strand, unless the cluster closed meanwhile (then it is destroyed unrun).
    virtual void call_at(time_point when, unique_function<void()> call) = 0;
    /// The same for who must hear of the end: calls `wake` without error at `when`, or with `ended()` at the close.
    virtual void wait_until(time_point when, unique_function<void(error_code)> wake) = 0;

    /// Remembers a failure for `last_failure`.
    virtual void note_failure(error_code code, std::string text) = 0;
    virtual void async_close(time_point deadline, unique_function<void()> done) = 0;
};

KASIO_END_NAMESPACE
