// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "base/unique_function.hpp"
#include "net/executor.hpp"
#include "security/sasl_machine.hpp"

#include <kasio/cluster_options.hpp>
#include <kasio/error.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

KASIO_BEGIN_NAMESPACE

/// Who this client is, for all connections of one cluster: makes the machine for each authentication, and for
/// OAUTHBEARER keeps the token at hand and shares one call of the token source among all who wait. On the
/// strand.
class sasl_login : public std::enable_shared_from_this<sasl_login> {
public:
    /// Null without SASL.
    [[nodiscard]] static std::shared_ptr<sasl_login> create(const serial_executor& executor,
                                                            const cluster_options& options);
    sasl_login(const serial_executor& executor, sasl_options options, bool encrypted);

    /// As Kafka names it.
    [[nodiscard]] const char* mechanism() const noexcept;
    /// Why the options can never do, in one line; empty when they may.
    [[nodiscard]] std::string problem() const;

    struct credentials {
        /// `token_unavailable`, told in `text`; then there is no machine.
        error_code error;
        std::string text;
        std::unique_ptr<sasl_machine> machine;
        credentials() {}
    };
    using handler = unique_function<void(credentials)>;

    /// For a connection with `host`, `again` where it is in use. Calls `done` once, maybe inside this call.
    /// Gives a number for `abandon`.
    std::uint64_t prepare(const std::string& host, bool again, handler done);
    /// Calls `work` where it may block, then `done` on the strand; not when this is gone by then.
    void block(unique_function<void()> work, unique_function<void()> done);
    /// `done` is destroyed uncalled, unless it was called.
    void abandon(std::uint64_t number);
    /// A broker did not take them: the token at hand is not used again.
    void on_refused() noexcept { token_ = {}; }

private:
    using wall_time = std::chrono::system_clock::time_point;

    [[nodiscard]] std::unique_ptr<sasl_machine> make_machine(const std::string& host,
                                                             const oauth_token& token) const;
    void call_source();
    void on_token(std::uint64_t call, error_code error, oauth_token token);
    void serve(error_code error, const std::string& text, const oauth_token& token);

    const serial_executor executor_;
    const sasl_options options_;
    const bool encrypted_;

    /// Usable until then; kept only when it says when it ends.
    oauth_token token_;
    wall_time renew_at_{};
    /// From then on too old to go on with a session.
    wall_time old_at_{};
    std::map<std::uint64_t, handler> waiting_;
    std::uint64_t last_number_ = 0;
    /// The call that is waited for; zero: none.
    std::uint64_t call_ = 0;
    std::uint64_t last_call_ = 0;
};

KASIO_END_NAMESPACE
