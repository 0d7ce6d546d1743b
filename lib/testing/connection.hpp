// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "testing/dispatch.hpp"
#include "testing/input_buffer.hpp"
#include "testing/sasl_gate.hpp"
#include "testing/wire.hpp"

#include <kasio/config.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

KASIO_BEGIN_NAMESPACE
namespace testing {

class connection;

/// What a connection needs of the cluster around it.
class connection_host {
public:
    [[nodiscard]] virtual cluster_state& state() = 0;
    [[nodiscard]] virtual bool is_paused(int node) const = 0;
    /// A request was taken in; logs it and says what to do with it.
    [[nodiscard]] virtual request_action admit(request_record request) = 0;
    /// Something may have changed that waiting fetches want to know.
    virtual void settle() = 0;
    virtual void on_closed(connection& closed) = 0;

protected:
    ~connection_host() = default;
};

/// One client's connection to one node.
///
/// Requests are handled one after the other and answered in order, as Kafka does: a request that waits
/// (Fetch, a delay) holds up what follows it. The request under way stays in the input buffer until it is
/// settled, so that it can be asked again. Runs on the cluster's thread alone.
class connection : public std::enable_shared_from_this<connection> {
public:
    /// Encrypted when `tls` is not null.
    connection(boost::asio::ip::tcp::socket socket, std::shared_ptr<boost::asio::ssl::context> tls,
               connection_host& host, int node, std::uint64_t id);

    [[nodiscard]] int node() const noexcept { return node_; }
    [[nodiscard]] std::uint64_t id() const noexcept { return id_; }

    void start();
    /// Looks again whether a waiting fetch can be answered now.
    void wake();
    /// Goes on after a pause of the node.
    void resume();
    void close();
    /// It is closed, but a request that its client left behind will still take effect.
    [[nodiscard]] bool is_orphaned() const noexcept { return orphaned_; }
    /// It no longer will.
    void abandon();
    /// Closes so that the peer gets a reset.
    void reset();

private:
    enum class stage {
        /// Ready for the next request.
        idle,
        /// A request is held back.
        delayed,
        /// A fetch waits for records.
        waiting,
        /// An answer is held back.
        answer_delayed,
        /// An answer was dropped: nothing more is answered, ever.
        silent,
    };

    void read();
    void secure();
    void on_peer_left();
    void on_read(std::size_t size);
    /// Takes in requests while there are whole ones and nothing is under way.
    void process();
    /// Whether a rule resets the connection at this point of the incoming frame.
    [[nodiscard]] bool is_cut_here();
    void take_in(std::span<const std::byte> frame);
    /// Of a request's frame without its length; false when it is none.
    [[nodiscard]] bool read_header(std::span<const std::byte> content);
    /// Whether the client has said who it is, as far as the request needs it.
    [[nodiscard]] bool may_go_on() const;
    void execute(bool last_try);
    void greet();
    void act_on_answer();
    void wait_for_records();
    /// The request under way is done with.
    void finish_request();
    void start_timer(std::chrono::milliseconds delay);
    void on_timer();
    void execute_orphan();
    void send();
    void write();
    void on_written(std::size_t size);

    wire line_;
    boost::asio::steady_timer timer_;
    /// Between the bytes of an answer that goes out one by one.
    boost::asio::steady_timer byte_timer_;
    connection_host& host_;
    const int node_;
    const std::uint64_t id_;

    stage stage_ = stage::idle;
    bool closed_ = false;
    bool orphaned_ = false;
    bool reading_ = false;
    bool writing_ = false;
    bool processing_ = false;
    bool timer_due_ = false;

    input_buffer input_;
    sasl_gate gate_;
    std::size_t received_ = 0;
    std::size_t sent_ = 0;
    std::optional<controls::connection_cut> cut_;

    // The request under way.
    incoming_request request_;
    std::size_t request_size_ = 0;
    std::size_t header_size_ = 0;
    request_action action_;
    outgoing_answer answer_;
    std::chrono::steady_clock::time_point deadline_{};

    std::deque<outgoing_answer> output_;
    /// Of the first answer in `output_`, what is written already.
    std::size_t written_ = 0;
};

} // namespace testing
KASIO_END_NAMESPACE
