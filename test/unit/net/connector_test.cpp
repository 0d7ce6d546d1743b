// SPDX-License-Identifier: BSL-1.0
#include "net/connector.hpp"

#include "support/catch.hpp"

#include <boost/asio/ip/address.hpp>

using namespace kasio;
using boost::asio::ip::make_address;
using boost::asio::ip::tcp;

namespace {

std::vector<tcp::endpoint> addresses(std::initializer_list<const char*> texts) {
    std::vector<tcp::endpoint> result;
    for (const char* const text : texts) result.emplace_back(make_address(text), std::uint16_t{9092});
    return result;
}

} // namespace

TEST_CASE("addresses are tried with families in turn, each address once", "[C15]") {
    CHECK(in_order_of_trying({}).empty());
    CHECK(in_order_of_trying(addresses({"::1", "::2", "::3", "10.0.0.1", "10.0.0.2"})) ==
          addresses({"::1", "10.0.0.1", "::2", "10.0.0.2", "::3"}));
    CHECK(in_order_of_trying(addresses({"10.0.0.1", "::1", "::2"})) == addresses({"10.0.0.1", "::1", "::2"}));
    CHECK(in_order_of_trying(addresses({"10.0.0.1", "10.0.0.1", "10.0.0.2", "10.0.0.1"})) ==
          addresses({"10.0.0.1", "10.0.0.2"}));
}
