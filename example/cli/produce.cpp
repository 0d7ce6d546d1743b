// SPDX-License-Identifier: BSL-1.0
#include "input.hpp"
#include "json_record.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "settings.hpp"
#include "stop.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>

namespace asio = boost::asio;

namespace cli {

namespace {

class production {
public:
    production(asio::io_context& context, const settings& with)
        : with_{with},
          executor_{context.get_executor()},
          kafka_{executor_, with.cluster},
          out_{kafka_, options()},
          stop_{context},
          progress_{executor_, !with.quiet && progress::is_possible(with.copy_input),
                    [this] { return so_far(); }} {
        stop_.on_stop([this] { stop_reading(); });
        for (const auto& [name, value] : with_.headers) {
            headers_.push_back({name, value ? kasio::bytes_view{*value} : kasio::bytes_view{}});
        }
    }

    asio::awaitable<void> run() {
        progress_.start();
        if (with_.files.empty()) co_await send_pieces_of("");
        for (const auto& file : with_.files) {
            if (ended()) break;
            if (with_.lines_of_files || with_.json) co_await send_pieces_of(file);
            else co_await send_whole(file);
        }
        std::chrono::milliseconds limit{0};
        if (!gave_up()) limit = with_.producer.delivery_timeout + std::chrono::seconds{5};
        const auto close = asio::as_tuple(asio::use_awaitable);
        co_await out_.async_close(limit, close);
        co_await kafka_.async_close(close);
        copy_.flush();
        progress_.stop();
        stop_.cancel();
    }

    [[nodiscard]] int exit_code() const {
        if (delivery_error_) complain("delivery failed", delivery_error_, cause_);
        if (copy_.error()) complain("standard output", copy_.error());
        if (!with_.quiet && with_.verbosity > 0) remark(std::to_string(delivered_) + " records delivered");
        return failed_ || delivered_ != taken_ || copy_.error() ? 1 : 0;
    }

private:
    kasio::producer_options options() {
        auto options = with_.producer;
        options.on_delivery = [this](const kasio::delivery_report& report) {
            if (report.error) fail_delivery(report.error);
            else delivered_ += report.deliveries.size();
        };
        return options;
    }

    void fail_delivery(const kasio::error_code& error) {
        if (!delivery_error_) {
            delivery_error_ = error;
            cause_ = kafka_.last_failure();
        }
        failed_ = true;
        if (!with_.go_on) stop_reading();
    }
    void fail_input(const std::string& what, const kasio::error_code& error) {
        failed_ = true;
        complain(what, error);
    }
    void stop_reading() {
        if (in_) in_->stop();
    }

    [[nodiscard]] bool gave_up() const { return delivery_error_ && !with_.go_on; }
    [[nodiscard]] bool ended() const {
        return gave_up() || refused_ || stop_.asked() || done() || copy_.closed();
    }
    [[nodiscard]] bool done() const { return with_.count && taken_ >= *with_.count; }

    static std::string name_of(const std::string& file) { return file.empty() ? "standard input" : file; }

    /// Each piece between delimiters is a record; the last one needs none behind it.
    asio::awaitable<void> send_pieces_of(std::string file) {
        in_ = std::make_unique<input>(executor_, file);
        pieces_ = 0;
        std::string rest;
        while (!ended()) {
            const auto piece = co_await in_->read();
            if (piece.empty()) break;
            copy(piece);
            rest += piece;
            co_await send_whole_pieces(rest);
            if (rest.size() > most_of_a_record()) {
                refuse("record_too_large: " + name_of(file) + " has no delimiter in " +
                       std::to_string(rest.size()) + " bytes, more than max.request.size lets a record be");
            }
        }
        if (in_->error()) fail_input(name_of(file), in_->error());
        else if (!ended() && !rest.empty()) co_await send_piece(rest);
        in_.reset();
    }

    [[nodiscard]] std::size_t most_of_a_record() const {
        constexpr std::size_t json_is_longer = 8;
        return with_.producer.max_request_size * (with_.json ? json_is_longer : 1);
    }

    asio::awaitable<void> send_whole_pieces(std::string& rest) {
        const std::string_view delimiter = with_.json ? std::string_view{"\n"} : with_.delimiter;
        std::size_t begin = 0;
        for (std::size_t end; (end = rest.find(delimiter, begin)) != rest.npos && !ended();) {
            const auto piece = std::string_view{rest}.substr(begin, end - begin);
            begin = end + delimiter.size();
            co_await send_piece(piece);
        }
        rest.erase(0, begin);
    }

    asio::awaitable<void> send_piece(std::string_view piece) {
        ++pieces_;
        if (with_.json) {
            if (piece.find_first_not_of(" \t\r") != piece.npos) co_await send_json(piece);
            co_return;
        }
        if (piece.empty() && with_.empty == empty_piece::skip) co_return;
        auto record = usual();
        if (const auto at = with_.key_delimiter ? piece.find(*with_.key_delimiter) : piece.npos;
            at != piece.npos) {
            record.key = text(piece.substr(0, at));
            piece.remove_prefix(at + with_.key_delimiter->size());
            record.value = text(piece);
        } else if (!piece.empty() || with_.empty == empty_piece::send) {
            record.value = piece;
        }
        co_await send(record);
    }

    asio::awaitable<void> send_json(std::string_view line) {
        json_record parsed;
        try {
            parsed = parse_json_record(line);
        } catch (const std::runtime_error& error) {
            refuse("line " + std::to_string(pieces_) + ": " + error.what());
            co_return;
        }
        auto record = usual();
        if (with_.topics.empty()) {
            if (!parsed.topic)
                co_return refuse("line " + std::to_string(pieces_) + ": no \"topic\", and no -t");
            record.topic = *parsed.topic;
        }
        if (parsed.key) record.key = *parsed.key;
        if (parsed.value) record.value = *parsed.value;
        if (parsed.timestamp)
            record.timestamp = kasio::timestamp{std::chrono::milliseconds{*parsed.timestamp}};
        auto headers = headers_;
        for (const auto& [name, value] : parsed.headers) {
            headers.push_back({name, value ? kasio::bytes_view{*value} : kasio::bytes_view{}});
        }
        record.headers = headers;
        co_await send(record);
    }

    /// The whole file is one record.
    asio::awaitable<void> send_whole(std::string file) {
        in_ = std::make_unique<input>(executor_, file);
        std::string value;
        while (!ended() && value.size() <= most_of_a_record()) {
            const auto piece = co_await in_->read();
            if (piece.empty()) break;
            copy(piece);
            value += piece;
        }
        const auto error = in_->error();
        in_.reset();
        if (error) co_return fail_input(file, error);
        if (ended()) co_return;
        if (value.size() > most_of_a_record()) co_return fail_input(file, kasio::errc::record_too_large);
        auto record = usual();
        record.value = text(value);
        co_await send(record);
    }

    /// What the letters say of every record.
    [[nodiscard]] kasio::producer_record usual() const {
        kasio::producer_record record;
        if (!with_.topics.empty()) record.topic = with_.topics.front();
        if (!with_.partitions.empty() && with_.partitions.front() >= 0)
            record.partition = with_.partitions.front();
        record.headers = headers_;
        if (with_.fixed_key) record.key = *with_.fixed_key;
        return record;
    }

    asio::awaitable<void> send(kasio::producer_record record) {
        for (;;) {
            const auto error = out_.try_send(record);
            if (!error) break;
            if (error != kasio::errc::would_block) co_return fail_delivery(error);
            const auto token = asio::as_tuple(asio::use_awaitable);
            const auto [stopped] = co_await out_.async_wait_writable(token);
            if (stopped || gave_up()) co_return;
        }
        ++taken_;
        bytes_ += record.value.size();
        // Other work gets its turn also while input never pauses.
        if (taken_ % 4096 == 0) co_await asio::post(executor_, asio::use_awaitable);
    }

    /// The input makes no sense: nothing more of it is taken, what came before is delivered.
    void refuse(const std::string& why) {
        failed_ = refused_ = true;
        remark("ERROR: " + why);
    }

    void copy(std::string_view piece) {
        if (!with_.copy_input) return;
        copy_.pending() += piece;
        copy_.flush();
    }

    [[nodiscard]] kasio::bytes_view text(std::string_view bytes) const {
        if (bytes.empty() && with_.empty_is_null) return nullptr;
        return bytes;
    }

    [[nodiscard]] advance so_far() const {
        if (with_.count) return {delivered_, bytes_, delivered_, *with_.count};
        const bool known = in_ && with_.files.size() < 2;
        return {delivered_, bytes_, known ? in_->taken() : 0, known ? in_->size() : 0};
    }

    const settings& with_;
    asio::any_io_executor executor_;
    kasio::cluster kafka_;
    kasio::producer out_;
    std::unique_ptr<input> in_;
    stop_signal stop_;
    progress progress_;
    output copy_;
    std::vector<kasio::header> headers_;
    std::uint64_t pieces_ = 0;
    std::uint64_t taken_ = 0;
    std::uint64_t delivered_ = 0;
    std::uint64_t bytes_ = 0;
    bool failed_ = false;
    bool refused_ = false;
    kasio::error_code delivery_error_;
    kasio::failure cause_;
};

} // namespace

int produce(const settings& with) {
    asio::io_context context{1};
    production job{context, with};
    asio::co_spawn(context, job.run(), [](std::exception_ptr thrown) {
        if (thrown) std::rethrow_exception(thrown);
    });
    context.run();
    return job.exit_code();
}

} // namespace cli
