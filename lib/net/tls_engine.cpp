// SPDX-License-Identifier: BSL-1.0
#include "net/tls_engine.hpp"

#include <boost/asio/ip/address.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

constexpr std::size_t small_input = 17 * 1024;
constexpr std::size_t large_input = 64 * 1024;

/// What is dialled, as certificates have it: without the root's dot and without an address's zone.
std::string plain_host(std::string host) {
    if (const auto zone = host.find('%'); zone != std::string::npos && host.find(':') != std::string::npos)
        host.resize(zone);
    if (!host.empty() && host.back() == '.') host.pop_back();
    return host;
}

bool is_address(const std::string& host) {
    boost::system::error_code no_literal;
    static_cast<void>(boost::asio::ip::make_address(host, no_literal));
    return !no_literal;
}

/// Where a connection of OpenSSL's holds its engine; Asio has a place of its own.
int own_index() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

} // namespace

// ---- between OpenSSL and the buffers

BIO_METHOD* tls_engine::bio_method() {
    static BIO_METHOD* const method = [] {
        auto* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "kasio");
        if (made == nullptr) return made;
        BIO_meth_set_write_ex(made, &tls_engine::bio_write);
        BIO_meth_set_read_ex(made, &tls_engine::bio_read);
        BIO_meth_set_ctrl(made, &tls_engine::bio_ctrl);
        BIO_meth_set_create(made, [](BIO* bio) {
            BIO_set_init(bio, 1);
            return 1;
        });
        return made;
    }();
    return method;
}

int tls_engine::bio_write(BIO* bio, const char* from, std::size_t size, std::size_t* written) {
    auto& self = *static_cast<tls_engine*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    if (!self.append_output(from, size)) return 0;
    *written = size;
    return 1;
}

int tls_engine::bio_read(BIO* bio, char* to, std::size_t size, std::size_t* got) {
    auto& self = *static_cast<tls_engine*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    const auto there = self.input_end_ - self.input_begin_;
    if (there == 0) {
        BIO_set_retry_read(bio);
        return 0;
    }
    *got = std::min(size, there);
    std::memcpy(to, self.input_.bytes.get() + self.input_begin_, *got);
    self.input_begin_ += *got;
    return 1;
}

long tls_engine::bio_ctrl(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

bool tls_engine::append_output(const char* from, std::size_t size) {
    if (size > largest_output - std::min(output_end_, largest_output)) return false;
    if (output_.capacity - output_end_ < size) {
        const auto capacity = std::max({output_end_ + size, 2 * output_.capacity, std::size_t{1024}});
        buffer next;
        next.bytes.reset(new (std::nothrow) unsigned char[capacity]);
        if (!next.bytes) return false;
        next.capacity = capacity;
        if (output_end_ != 0) std::memcpy(next.bytes.get(), output_.bytes.get(), output_end_);
        output_ = std::move(next);
    }
    std::memcpy(output_.bytes.get() + output_end_, from, size);
    output_end_ += size;
    return true;
}

boost::asio::mutable_buffer tls_engine::prepare_input() {
    // A full buffer tells of much to come, a nearly empty one of little.
    const auto wanted = input_end_ == input_.capacity && input_.capacity != 0 ? large_input
                        : input_end_ >= small_input                           ? input_.capacity
                                                                              : small_input;
    if (has_input()) {
        std::memmove(input_.bytes.get(), input_.bytes.get() + input_begin_, input_end_ - input_begin_);
        input_end_ -= input_begin_;
        input_begin_ = 0;
    } else {
        if (input_.capacity != wanted) {
            input_.bytes = std::make_unique_for_overwrite<unsigned char[]>(wanted);
            input_.capacity = wanted;
        }
        input_begin_ = input_end_ = 0;
    }
    return {input_.bytes.get() + input_end_, input_.capacity - input_end_};
}

void tls_engine::commit_input(std::size_t size) noexcept {
    input_end_ += size;
    heard_ = heard_ || size != 0;
}

boost::asio::const_buffer tls_engine::output() noexcept {
    if (sending_begin_ == sending_end_) {
        std::swap(output_, sending_);
        sending_begin_ = 0;
        sending_end_ = std::exchange(output_end_, 0);
    }
    return {sending_.bytes.get() + sending_begin_, sending_end_ - sending_begin_};
}

void tls_engine::consume_output(std::size_t size) noexcept {
    sending_begin_ += size;
    // An idle connection holds nothing that it does not need.
    if (sending_begin_ == sending_end_ && sending_.capacity > 4096) {
        sending_ = {};
        sending_begin_ = sending_end_ = 0;
    }
}

// ---- setting up

bool tls_engine::fail_start(const std::string& what) {
    failure_ = {errc::invalid_option, "tls: " + what + ": " + take_openssl_errors()};
    return false;
}

bool tls_engine::start(SSL_CTX* context, const tls_options& options, const std::string& host) {
    ERR_clear_error();
    host_ = plain_host(host);
    line_.reset(SSL_new(context));
    if (!line_) return fail_start("no connection can be made of the context");
    BIO* const bio = bio_method() != nullptr ? BIO_new(bio_method()) : nullptr;
    if (bio == nullptr) return fail_start("out of memory");
    BIO_set_data(bio, this);
    SSL_set_bio(line_.get(), bio, bio);
    SSL_set_connect_state(line_.get());
    SSL_set_mode(line_.get(), SSL_MODE_RELEASE_BUFFERS);
    // A callback in the user's own context stays.
    const bool free_place = SSL_CTX_get_verify_callback(context) == nullptr;
    SSL_set_verify(line_.get(), options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE,
                   free_place ? &tls_engine::note_names : nullptr);
    if (SSL_set_ex_data(line_.get(), own_index(), this) != 1) return fail_start("out of memory");
    // Addresses are no names (RFC 6066).
    if (!host_.empty() && !is_address(host_) && SSL_set_tlsext_host_name(line_.get(), host_.c_str()) != 1)
        return fail_start("'" + host_ + "' cannot be asked for by name");
    return !options.verify || !options.verify_host_name || check_host();
}

int tls_engine::note_names(int good, X509_STORE_CTX* at) {
    const int wrong = X509_STORE_CTX_get_error(at);
    if (good == 1 || (wrong != X509_V_ERR_HOSTNAME_MISMATCH && wrong != X509_V_ERR_IP_ADDRESS_MISMATCH))
        return good;
    auto* const line =
        static_cast<SSL*>(X509_STORE_CTX_get_ex_data(at, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto& self = *static_cast<tls_engine*>(SSL_get_ex_data(line, own_index()));
    if (const auto* const certificate = X509_STORE_CTX_get0_cert(at))
        self.names_ = names_in_certificate(certificate);
    return good;
}

bool tls_engine::check_host() {
    auto* const rules = SSL_get0_param(line_.get());
    if (is_address(host_)) {
        return X509_VERIFY_PARAM_set1_ip_asc(rules, host_.c_str()) == 1 ||
               fail_start("the address '" + host_ + "' cannot be checked");
    }
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    // An empty name would switch the check off.
    return (!host_.empty() && X509_VERIFY_PARAM_set1_host(rules, host_.c_str(), host_.size()) == 1) ||
           fail_start("the host name '" + host_ + "' cannot be checked");
}

// ---- at work

tls_engine::step tls_engine::outcome(int result, bool in_handshake) {
    switch (SSL_get_error(line_.get(), result)) {
        case SSL_ERROR_NONE: return step::done;
        case SSL_ERROR_WANT_READ: return step::needs_input;
        case SSL_ERROR_ZERO_RETURN: return step::ended;
        default: break;
    }
    failure_ = in_handshake ? why_handshake_failed(line_.get(), host_, names_) : why_transfer_failed();
    broken_ = true;
    return step::failed;
}

tls_engine::step tls_engine::handshake() {
    ERR_clear_error();
    return outcome(SSL_do_handshake(line_.get()), true);
}

tls_engine::step tls_engine::decrypt(boost::asio::mutable_buffer to, std::size_t& size) {
    size = 0;
    if (broken_) return step::failed;
    while (size != to.size()) {
        ERR_clear_error();
        std::size_t got = 0;
        const int result =
            SSL_read_ex(line_.get(), static_cast<char*>(to.data()) + size, to.size() - size, &got);
        size += got;
        if (result == 1) continue;
        // What is there is handed out first; an end is found again by the next call.
        const auto found = outcome(result, false);
        return size != 0 ? step::done : found;
    }
    return step::done;
}

bool tls_engine::encrypt_one(const void* from, std::size_t size, std::size_t& total) {
    ERR_clear_error();
    std::size_t written = 0;
    const int result = SSL_write_ex(line_.get(), from, size, &written);
    total += written;
    if (result == 1 && written == size) return true;
    static_cast<void>(outcome(result, false));
    if (!broken_) {
        // Only a new handshake would want the peer's bytes, and that is refused.
        failure_ = {errc::connection_lost, "TLS cannot write"};
        broken_ = true;
    }
    return false;
}

tls_engine::step tls_engine::encrypt(std::span<const boost::asio::const_buffer> pieces, std::size_t& size) {
    size = 0;
    if (broken_) return step::failed;
    std::array<char, record_size> flat;
    std::size_t used = 0;
    for (const auto& piece : pieces) {
        const auto* from = static_cast<const char*>(piece.data());
        auto left = piece.size();
        while (left != 0 && size + used < largest_batch) {
            if (used == 0 && left >= record_size) {
                const auto whole = std::min(left, largest_batch - size) / record_size * record_size;
                // Less than a record of room: the rest is for the next batch.
                if (whole == 0) return step::done;
                if (!encrypt_one(from, whole, size)) return step::failed;
                from += whole;
                left -= whole;
                continue;
            }
            const auto part = std::min(left, flat.size() - used);
            std::memcpy(flat.data() + used, from, part);
            used += part;
            from += part;
            left -= part;
            if (used != flat.size()) continue;
            if (!encrypt_one(flat.data(), std::exchange(used, 0), size)) return step::failed;
        }
    }
    return used == 0 || encrypt_one(flat.data(), used, size) ? step::done : step::failed;
}

void tls_engine::end() {
    if (!line_ || broken_ || SSL_in_init(line_.get()) != 0) return;
    ERR_clear_error();
    static_cast<void>(SSL_shutdown(line_.get()));
    ERR_clear_error();
}

KASIO_END_NAMESPACE
