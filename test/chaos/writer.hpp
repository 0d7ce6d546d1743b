// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "chaos/trial.hpp"

#include <kasio/producer.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace chaos {

/// One producer after the other, each doing what chance says, all noted in the history of the trial.
class writer : public std::enable_shared_from_this<writer> {
public:
    writer(std::shared_ptr<trial> world, int number, std::uint64_t seed, care taken);

    /// Steps of sends, cancellations, flushes, ends and new beginnings.
    asio::awaitable<void> work(int steps);
    /// After the faults: everything ends.
    asio::awaitable<void> finish();

private:
    struct written {
        std::string topic;
        std::int64_t value = -1;
        int partition = -1;
        std::string key;
        std::string bytes;
    };
    struct tried {
        std::int64_t operation = -1;
        written what;
        std::shared_ptr<std::int64_t> taken;
    };
    using signal = std::shared_ptr<asio::cancellation_signal>;

    void open();
    void step();
    written make_up(bool with_partition);
    [[nodiscard]] kasio::producer_record record_of(const written& what) const;
    /// Begins an operation; what it is called when it ends goes to `ended`.
    std::int64_t begin(std::string what, std::chrono::milliseconds limit);
    std::int64_t begin_send(const written& what, std::int64_t group);
    void ended(std::int64_t operation, event what);
    void sent(std::int64_t operation, const written& what, const kasio::error_code& error,
              const kasio::delivery& where);

    void send();
    void send_many();
    void try_send();
    void on_report(const kasio::delivery_report& report);
    void flush();
    void wait_writable();
    void cancel_something();
    void close(std::chrono::milliseconds limit);
    [[nodiscard]] std::chrono::milliseconds limit_of_send() const;
    signal new_signal(std::int64_t operation);

    const std::shared_ptr<trial> world_;
    chance luck_;
    const int number_;
    const care care_;
    int generation_ = 0;
    std::string name_;
    kasio::producer_options options_;
    std::optional<kasio::cluster> kafka_;
    std::optional<kasio::producer> out_;
    int pending_ = 0;
    asio::steady_timer idle_;
    std::map<std::int64_t, signal> cancellable_;
    /// What `try_send` took, by the record's timestamp, which reports give back.
    std::map<std::int64_t, tried> tried_;
    /// Bytes of this producer's; the reports of a former one count for that.
    std::shared_ptr<std::int64_t> tried_bytes_;
    int closing_ = 0;
    bool reopen_ = false;
};

} // namespace chaos
