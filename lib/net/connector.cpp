// SPDX-License-Identifier: BSL-1.0
#include "net/connector.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <sstream>
#include <utility>

KASIO_BEGIN_NAMESPACE

using boost::asio::ip::tcp;

namespace {

/// A host may have hundreds of addresses; messages stay readable.
constexpr std::size_t longest_text = 600;

bool fits(const boost::asio::ip::address& address, address_family family) {
    return family == address_family::any || address.is_v4() == (family == address_family::v4);
}

std::string to_text(const tcp::endpoint& address) {
    std::ostringstream text;
    text << address;
    return text.str();
}

} // namespace

std::vector<tcp::endpoint> in_order_of_trying(const std::vector<tcp::endpoint>& addresses) {
    std::vector<tcp::endpoint> first;
    std::vector<tcp::endpoint> second;
    for (const auto& address : addresses) {
        auto& family = address.protocol() == addresses.front().protocol() ? first : second;
        if (std::find(family.begin(), family.end(), address) == family.end()) family.push_back(address);
    }
    std::vector<tcp::endpoint> ordered;
    for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
        if (i < first.size()) ordered.push_back(first[i]);
        if (i < second.size()) ordered.push_back(second[i]);
    }
    return ordered;
}

connector::connector(const serial_executor& executor, std::shared_ptr<stream> line,
                     std::unique_ptr<name_service> names)
    : names_{std::move(names)}, timer_{executor}, line_{std::move(line)} {}

void connector::start(const std::string& host, std::uint16_t port, manner how, time_point deadline,
                      handler done) {
    host_ = name_ = host;
    how_ = how;
    error_code no_literal;
    const auto literal = boost::asio::ip::make_address(host, no_literal);
    if (!no_literal && fits(literal, how.family))
        return start({tcp::endpoint{literal, port}}, deadline, std::move(done));
    deadline_ = deadline;
    done_ = std::move(done);
    // An address of the other family has no addresses of this one: the system says so in its own words.
    names_->look_up(host_, port, how.family,
                    [self = shared_from_this()](error_code error, const name_service::endpoints& found) {
                        self->on_looked_up(error, found);
                    });
}

void connector::start(std::vector<tcp::endpoint> addresses, time_point deadline, handler done) {
    deadline_ = deadline;
    done_ = std::move(done);
    addresses_ = in_order_of_trying(addresses);
    try_next();
}

void connector::on_looked_up(error_code error, const name_service::endpoints& found) {
    if (finished_) return;
    if (error || found.empty()) {
        note("cannot resolve '" + host_ + "': " + (error ? error.message() : "no address"));
        finish(errc::host_not_found);
        return;
    }
    addresses_ = in_order_of_trying(found);
    try_next();
}

void connector::try_next() {
    const auto left = static_cast<steady_clock::rep>(addresses_.size() - next_);
    if (left == 0) {
        finish(any_answered_ ? errc::broker_unreachable : errc::connect_timed_out);
        return;
    }
    out_of_time_ = false;
    if (left > 1) {
        const auto now = steady_clock::now();
        timer_.expires_at(now + std::max(deadline_ - now, steady_clock::duration::zero()) / left);
        timer_.async_wait([self = shared_from_this(), tried = next_](error_code error) {
            if (error || self->finished_ || self->next_ != tried + 1) return;
            self->out_of_time_ = true;
            self->line_->close();
        });
    }
    line_->connect(addresses_[next_++],
                   [self = shared_from_this()](error_code error) { self->on_tried(error); });
}

void connector::on_tried(error_code error) {
    if (finished_) return;
    timer_.cancel();
    if (!error) {
        // The time of this address may have run out between its success and this call.
        if (!out_of_time_) return how_.canonical ? look_up_name() : finish({});
        error = boost::asio::error::operation_aborted;
    }
    any_answered_ = any_answered_ || !out_of_time_;
    note(to_text(addresses_[next_ - 1]) + ": " + (out_of_time_ ? "no answer" : error.message()));
    try_next();
}

/// Names in certificates and of services are those of hosts, where the list to begin with may have an alias
/// for all of them (KIP-235).
void connector::look_up_name() {
    const auto& address = addresses_[next_ - 1];
    names_->name_of(address, [self = shared_from_this(), &address](error_code error, std::string name) {
        if (self->finished_) return;
        self->name_ = error || name.empty() ? address.address().to_string() : std::move(name);
        self->finish({});
    });
}

void connector::note(const std::string& what) {
    if (text_.size() > longest_text) return;
    if (!text_.empty()) text_ += "; ";
    text_ += what;
}

void connector::finish(error_code error) {
    finished_ = true;
    timer_.cancel();
    auto done = std::move(done_);
    if (!error) text_ = to_text(addresses_[next_ - 1]);
    done(error, std::move(text_));
}

void connector::cancel() {
    finished_ = true;
    names_->cancel();
    timer_.cancel();
    done_.reset();
}

std::string connector::step() const {
    std::string text = next_ == 0 ? "looking up " + host_ : "connecting to " + to_text(addresses_[next_ - 1]);
    if (!text_.empty()) text += " (" + text_ + ")";
    return text;
}

KASIO_END_NAMESPACE
