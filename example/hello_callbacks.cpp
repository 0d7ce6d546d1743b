// SPDX-License-Identifier: BSL-1.0
// The same with plain callbacks: they run where the context runs, never on a thread of the library.
#include <kasio.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>

namespace asio = boost::asio;

class hello {
public:
    hello(asio::io_context& context, const kasio::cluster_options& options)
        : cluster_{context.get_executor(), options}, producer_{cluster_}, consumer_{cluster_} {}

    void start() {
        producer_.async_send({.topic = "kasio-hello", .key = "42", .value = "hello"},
                             [this](kasio::error_code error, const kasio::delivery& delivery) {
                                 if (error) return fail("send", error);
                                 std::cout << "sent to " << delivery.partition << '@' << delivery.offset << '\n';
                                 read(delivery);
                             });
    }
    [[nodiscard]] int exit_code() const { return failed_ ? 1 : 0; }

private:
    void read(const kasio::delivery& where) {
        consumer_.assign({"kasio-hello", where.partition}, kasio::start_position::at(where.offset));
        consumer_.async_poll([this](kasio::error_code error, const kasio::fetched_records& records) {
            if (error) return fail("poll", error);
            for (const auto& record : records) {
                std::cout << "read " << record.key() << " = " << record.value() << '\n';
            }
            stop();
        });
    }
    void stop() {
        // Consumers and producers first: closing the cluster ends whatever still uses it.
        consumer_.async_close([this](kasio::error_code) {
            producer_.async_close([this](kasio::error_code) { cluster_.async_close([](kasio::error_code) {}); });
        });
    }
    void fail(const char* what, const kasio::error_code& error) {
        failed_ = true;
        std::cerr << what << ": " << error.message() << ' ' << cluster_.last_failure().text << '\n';
        stop();
    }

    kasio::cluster cluster_;
    kasio::producer producer_;
    kasio::consumer consumer_;
    bool failed_ = false;
};

int main() {
    // KAFKA_BROKER, KASIO_SECURITY_PROTOCOL, KASIO_SSL_CA_LOCATION, ...
    const auto options = kasio::options_from(kasio::environment_properties());
    asio::io_context context;
    hello program{context, options.cluster};
    program.start();
    context.run();
    return program.exit_code();
}
