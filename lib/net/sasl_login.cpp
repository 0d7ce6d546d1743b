// SPDX-License-Identifier: BSL-1.0
#include "net/sasl_login.hpp"

#include "security/gssapi.hpp"
#include "security/scram.hpp"

#include <kasio/features.hpp>

#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

/// So much of the time that a token has left when it comes. For a new connection it does nearly to its end
/// (as Java's `sasl.login.refresh.window.factor`). Sessions last as long as their tokens and are renewed from
/// 70 % on: that takes a newer one.
std::chrono::system_clock::time_point after(int fifths, std::chrono::system_clock::time_point now,
                                            std::chrono::system_clock::time_point end) {
    return now + (end - now) / 5 * fifths;
}

} // namespace

std::shared_ptr<sasl_login> sasl_login::create(const serial_executor& executor,
                                               const cluster_options& options) {
    if (options.sasl.mechanism == sasl_mechanism::none) return nullptr;
    return std::make_shared<sasl_login>(executor, options.sasl, options.tls.enabled);
}

sasl_login::sasl_login(const serial_executor& executor, sasl_options options, bool encrypted)
    : executor_{executor}, options_{std::move(options)}, encrypted_{encrypted} {}

const char* sasl_login::mechanism() const noexcept {
    switch (options_.mechanism) {
        case sasl_mechanism::plain: return "PLAIN";
        case sasl_mechanism::scram_sha_256: return "SCRAM-SHA-256";
        case sasl_mechanism::scram_sha_512: return "SCRAM-SHA-512";
        case sasl_mechanism::oauthbearer: return "OAUTHBEARER";
        case sasl_mechanism::gssapi: return "GSSAPI";
        case sasl_mechanism::none: break;
    }
    return "";
}

std::string sasl_login::problem() const {
    const bool shows_secret =
        options_.mechanism == sasl_mechanism::plain || options_.mechanism == sasl_mechanism::oauthbearer;
    const std::string name = mechanism();
    if (shows_secret && !encrypted_ && !options_.allow_plaintext)
        return name +
               " without TLS shows the secret to whoever listens: enable TLS, or ask for it by name "
               "(sasl_options::allow_plaintext, security.protocol=SASL_PLAINTEXT)";
    if (options_.mechanism == sasl_mechanism::oauthbearer)
        return options_.token_source ? std::string{} : name + " needs a token source";
    if (options_.mechanism == sasl_mechanism::gssapi) {
        if (!KASIO_HAS_GSSAPI) return "this build lacks GSSAPI";
        return options_.blocking_executor ? std::string{}
                                          : name + " needs sasl_options::blocking_executor, for it may block";
    }
    if (options_.username.empty() || options_.password.empty())
        return name + " needs a user name and a password";
    return {};
}

std::unique_ptr<sasl_machine> sasl_login::make_machine([[maybe_unused]] const std::string& host,
                                                       const oauth_token& token) const {
    switch (options_.mechanism) {
        case sasl_mechanism::plain: return make_plain(options_.username, options_.password.view());
        case sasl_mechanism::oauthbearer: return make_oauthbearer(token.value.view(), options_.extensions);
#if KASIO_HAS_GSSAPI
        case sasl_mechanism::gssapi: {
            gssapi_parameters parameters;
            parameters.service = options_.kerberos_service_name;
            parameters.host = host;
            parameters.principal = options_.kerberos_principal;
            parameters.keytab = options_.kerberos_keytab;
            return make_gssapi(std::move(parameters));
        }
#endif
        default: break;
    }
    const bool short_hash = options_.mechanism == sasl_mechanism::scram_sha_256;
    return make_scram({.hash = short_hash ? scram_hash::sha_256 : scram_hash::sha_512,
                       .username = options_.username,
                       .password = options_.password.view(),
                       .token_authentication = options_.token_authentication,
                       .max_iterations = options_.max_iterations,
                       .nonce = make_scram_nonce()});
}

std::uint64_t sasl_login::prepare(const std::string& host, bool again, handler done) {
    const bool has_token =
        !token_.value.empty() && std::chrono::system_clock::now() < (again ? old_at_ : renew_at_);
    const auto number = ++last_number_;
    if (options_.mechanism != sasl_mechanism::oauthbearer || has_token) {
        credentials ready;
        ready.machine = make_machine(host, token_);
        done(std::move(ready));
        return number;
    }
    waiting_.emplace(number, std::move(done));
    if (call_ == 0) call_source();
    return number;
}

void sasl_login::abandon(std::uint64_t number) {
    waiting_.erase(number);
    // Whoever comes next does not wait for a call that seems to hang.
    if (waiting_.empty()) call_ = 0;
}

void sasl_login::block(unique_function<void()> work, unique_function<void()> done) {
    boost::asio::post(options_.blocking_executor,
                      [weak = weak_from_this(), work = std::move(work), done = std::move(done)]() mutable {
                          work();
                          const auto self = weak.lock();
                          if (self) boost::asio::post(self->executor_, std::move(done));
                      });
}

void sasl_login::call_source() {
    call_ = ++last_call_;
    // The source may call it on any thread, at once, or when all this is gone: then nothing may be touched.
    const auto answer = [weak = weak_from_this(), call = call_](error_code error, oauth_token token) {
        const auto self = weak.lock();
        if (!self) return;
        boost::asio::post(self->executor_, [weak, call, error, token = std::move(token)]() mutable {
            if (const auto still_here = weak.lock()) still_here->on_token(call, error, std::move(token));
        });
    };
    try {
        options_.token_source(answer);
    } catch (const boost::system::system_error& thrown) {
        answer(thrown.code() ? thrown.code() : error_code{errc::token_unavailable}, {});
    } catch (...) {
        answer(errc::token_unavailable, {});
    }
}

void sasl_login::on_token(std::uint64_t call, error_code error, oauth_token token) {
    const auto now = std::chrono::system_clock::now();
    const bool knows_end = token.expires != wall_time{};
    std::string text = error ? "the token source failed: " + error.message() : std::string{};
    if (!error && token.value.empty()) text = "the token source gave an empty token";
    else if (!error && knows_end && token.expires <= now)
        text = "the token source gave a token that has expired";
    const bool good = text.empty();
    // A late one is welcome too, unless a later one came before.
    if (good && knows_end && token.expires > token_.expires) {
        token_ = token;
        old_at_ = after(3, now, token.expires);
        renew_at_ = after(4, now, token.expires);
    }
    if (call != call_) return;
    call_ = 0;
    if (good) return serve({}, {}, token);
    // Until it ends the former one serves, though it was time to renew it.
    if (!token_.value.empty() && token_.expires > now) return serve({}, {}, token_);
    serve(errc::token_unavailable, text, {});
}

void sasl_login::serve(error_code error, const std::string& text, const oauth_token& token) {
    const auto keep = shared_from_this();
    auto waiting = std::exchange(waiting_, {});
    for (auto& [number, done] : waiting) {
        credentials ready;
        ready.error = error;
        ready.text = text;
        if (!error) ready.machine = make_machine({}, token);
        done(std::move(ready));
    }
}

KASIO_END_NAMESPACE
