// SPDX-License-Identifier: BSL-1.0
// Logs in with tokens of an identity provider: OAuth 2.0's client credentials (RFC 6749, section 4.4),
// fetched with Boost.Beast whenever a connection needs a fresh one.
//
//   OIDC_TOKEN_URL=https://host/path OIDC_CLIENT_ID=me OIDC_CLIENT_SECRET=... KAFKA_BROKER=host:port
//   KASIO_SECURITY_PROTOCOL=SASL_SSL KASIO_SASL_MECHANISM=OAUTHBEARER oidc_token
#include <kasio.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/json/src.hpp>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using namespace std::chrono_literals;

/// Where tokens are given out, and to whom.
struct token_endpoint {
    std::string host;
    std::string port;
    std::string path;
    bool encrypted = true;
    std::string client_id;
    std::string client_secret;
    std::string scope;
};

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

token_endpoint endpoint_from_environment() {
    token_endpoint to;
    auto url = variable("OIDC_TOKEN_URL");
    const auto scheme = url.find("://");
    const auto slash = url.find('/', scheme == url.npos ? 0 : scheme + 3);
    if (scheme == url.npos || slash == url.npos)
        throw std::runtime_error{"OIDC_TOKEN_URL is no https://host/path"};
    to.encrypted = url.substr(0, scheme) == "https";
    to.path = url.substr(slash);
    to.host = url.substr(scheme + 3, slash - scheme - 3);
    const auto colon = to.host.rfind(':');
    to.port = colon != to.host.npos ? to.host.substr(colon + 1) : to.encrypted ? "443" : "80";
    to.host.resize(std::min(colon, to.host.size()));
    // Whoever reads the answer is let in: in the clear only on this machine, for trying things out.
    if (!to.encrypted && to.host != "127.0.0.1") throw std::runtime_error{"OIDC_TOKEN_URL must be https"};
    to.client_id = variable("OIDC_CLIENT_ID");
    to.client_secret = variable("OIDC_CLIENT_SECRET");
    to.scope = variable("OIDC_SCOPE");
    return to;
}

/// A value of a form (`application/x-www-form-urlencoded`).
std::string encoded(const std::string& text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char each : text) {
        const auto code = static_cast<unsigned char>(each);
        const bool plain =
            std::isalnum(code) != 0 || each == '-' || each == '.' || each == '_' || each == '~';
        if (plain) out += each;
        else ((out += '%') += digits[code >> 4]) += digits[code & 15];
    }
    return out;
}

http::request<http::string_body> token_request(const token_endpoint& to) {
    http::request<http::string_body> request{http::verb::post, to.path, 11};
    request.set(http::field::host, to.host);
    request.set(http::field::content_type, "application/x-www-form-urlencoded");
    request.set(http::field::accept, "application/json");
    request.body() = "grant_type=client_credentials&client_id=" + encoded(to.client_id) +
                     "&client_secret=" + encoded(to.client_secret);
    if (!to.scope.empty()) request.body() += "&scope=" + encoded(to.scope);
    request.prepare_payload();
    return request;
}

template <class Stream>
asio::awaitable<std::string> ask(Stream& stream, http::request<http::string_body> request) {
    co_await http::async_write(stream, request, asio::use_awaitable);
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(1024 * 1024);
    co_await http::async_read(stream, buffer, parser, asio::use_awaitable);
    // What an error says may quote the secret: only its status is told.
    if (parser.get().result() != http::status::ok)
        throw std::runtime_error{"the token endpoint answered " + std::to_string(parser.get().result_int())};
    co_return parser.get().body();
}

asio::awaitable<kasio::oauth_token> fetch_token(token_endpoint to) {
    const auto executor = co_await asio::this_coro::executor;
    asio::ip::tcp::resolver resolver{executor};
    const auto found = co_await resolver.async_resolve(to.host, to.port, asio::use_awaitable);
    asio::ssl::context tls{asio::ssl::context::tls_client};
    tls.set_default_verify_paths();
    beast::ssl_stream<beast::tcp_stream> stream{executor, tls};
    auto& line = beast::get_lowest_layer(stream);
    line.expires_after(10s);
    co_await line.async_connect(found, asio::use_awaitable);
    auto request = token_request(to);
    std::string body;
    if (to.encrypted) {
        stream.set_verify_mode(asio::ssl::verify_peer);
        stream.set_verify_callback(asio::ssl::host_name_verification{to.host});
        SSL_set_tlsext_host_name(stream.native_handle(), to.host.c_str());
        co_await stream.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
        body = co_await ask(stream, std::move(request));
    } else {
        body = co_await ask(line, std::move(request));
    }
    const auto answer = boost::json::parse(body);
    const auto& text = answer.at("access_token").as_string();
    const std::chrono::seconds lifetime{answer.at("expires_in").to_number<std::int64_t>()};
    kasio::secret_text value{std::string_view{text.data(), text.size()}};
    kasio::oauth_token token{std::move(value), std::chrono::system_clock::now() + lifetime};
    std::cout << "got a token for " << lifetime.count() << " s\n";
    co_return token;
}

asio::awaitable<void> show_brokers(kasio::cluster_options options) {
    const auto executor = co_await asio::this_coro::executor;
    kasio::cluster cluster{executor, options};
    const auto metadata = co_await cluster.async_metadata("", asio::use_awaitable);
    std::cout << "let in by a cluster of " << metadata.brokers.size() << '\n';
    co_await cluster.async_close();
}

int main() {
    try {
        asio::io_context context;
        auto options = kasio::options_from(kasio::environment_properties()).cluster;
        const auto endpoint = endpoint_from_environment();
        options.sasl.token_source =
            kasio::token_from(context.get_executor(), [endpoint] { return fetch_token(endpoint); });
        asio::co_spawn(context, show_brokers(std::move(options)), [](std::exception_ptr error) {
            if (error) std::rethrow_exception(error);
        });
        context.run();
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
