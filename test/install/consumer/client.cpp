// SPDX-License-Identifier: BSL-1.0
// A user's program with the client alone.
#include <kasio.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>

int main() {
    boost::asio::io_context io;
    kasio::cluster cluster{io.get_executor(), {.bootstrap_servers = "127.0.0.1:1"}};
    kasio::error_code closed;
    cluster.async_close([&closed](kasio::error_code error) { closed = error; });
    io.run();
    std::cout << "kasio " << kasio::version() << " with " << kasio::features() << '\n';
    return !closed && kasio::version() == KASIO_VERSION ? 0 : 1;
}
