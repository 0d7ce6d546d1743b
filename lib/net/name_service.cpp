// SPDX-License-Identifier: BSL-1.0
#include "net/name_service.hpp"

#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/query.hpp>

#include <utility>

KASIO_BEGIN_NAMESPACE

using boost::asio::ip::tcp;

namespace {

class system_names final : public name_service {
public:
    explicit system_names(const serial_executor& executor) : resolver_{executor} {}

    void look_up(const std::string& host, std::uint16_t port, address_family family,
                 addresses_handler done) override {
        auto found = [done = std::move(done)](error_code error, const results& all) mutable {
            endpoints addresses;
            for (const auto& each : all) addresses.push_back(each.endpoint());
            done(error, std::move(addresses));
        };
        const auto flags = boost::asio::ip::resolver_base::numeric_service;
        const auto service = std::to_string(port);
        if (family == address_family::any)
            return resolver_.async_resolve(host, service, flags, std::move(found));
        const auto only = family == address_family::v4 ? tcp::v4() : tcp::v6();
        resolver_.async_resolve(only, host, service, flags, std::move(found));
    }
    void name_of(const tcp::endpoint& address, name_handler done) override {
        resolver_.async_resolve(address,
                                [done = std::move(done)](error_code error, const results& all) mutable {
                                    done(error, all.empty() ? std::string{} : all.begin()->host_name());
                                });
    }
    void cancel() override { resolver_.cancel(); }

private:
    using results = tcp::resolver::results_type;
    boost::asio::ip::basic_resolver<tcp, serial_executor> resolver_;
};

/// Where a context's names come from.
class name_source final : public boost::asio::execution_context::service {
public:
    using key_type = name_source;
    static boost::asio::execution_context::id id;
    explicit name_source(boost::asio::execution_context& context) : service{context} {}

    std::function<std::unique_ptr<name_service>(const serial_executor&)> make =
        [](const serial_executor& executor) { return std::make_unique<system_names>(executor); };

private:
    void shutdown() noexcept override {}
};

boost::asio::execution_context::id name_source::id;

} // namespace

std::unique_ptr<name_service> make_name_service(const serial_executor& executor) {
    auto& context = boost::asio::query(executor, boost::asio::execution::context);
    return boost::asio::use_service<name_source>(context).make(executor);
}

void use_names(boost::asio::execution_context& context,
               std::function<std::unique_ptr<name_service>(const serial_executor&)> make) {
    boost::asio::use_service<name_source>(context).make = std::move(make);
}

KASIO_END_NAMESPACE
