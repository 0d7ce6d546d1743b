// SPDX-License-Identifier: BSL-1.0
// The `kasio` command: produce, consume, metadata, groups, and an in-process cluster, with kcat's letters.
//
// Exit codes: 0 done, 1 something failed, be it one record of many, 2 the command line cannot be understood.
#include "arguments.hpp"
#include "output.hpp"
#include "serve.hpp"
#include "usage_error.hpp"

#include <boost/asio/thread_pool.hpp>

#include <csignal>
#include <exception>
#include <optional>

namespace {

constexpr int failed = 1;
constexpr int usage = 2;

int run(std::vector<std::string> words) {
    if (!words.empty() && words.front() == "broker") {
        words.erase(words.begin());
        return cli::serve(std::move(words));
    }
    auto given = cli::parse_arguments(std::move(words));
    if (given.answer) {
        cli::output out;
        out.pending() = *given.answer;
        out.flush();
        return 0;
    }
    // Where tickets of Kerberos are waited for; records go on meanwhile.
    std::optional<boost::asio::thread_pool> waiting;
    auto& sasl = given.with.cluster.sasl;
    if (sasl.mechanism == kasio::sasl_mechanism::gssapi)
        sasl.blocking_executor = waiting.emplace(1).get_executor();
    switch (given.what) {
        case cli::mode::produce: return cli::produce(given.with);
        case cli::mode::consume: return cli::consume(given.with);
        case cli::mode::groups: return cli::list_groups(given.with);
        default: return cli::list_metadata(given.with);
    }
}

} // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN); // a closed pipe shows at the write
    try {
        return run({argv + 1, argv + argc});
    } catch (const cli::usage_error& error) {
        cli::remark(std::string{"ERROR: "} + error.what());
        return usage;
    } catch (const kasio::property_error& error) {
        cli::remark(std::string{"ERROR: "} + error.what());
        return usage;
    } catch (const boost::system::system_error& error) {
        // An option that cannot be is the caller's to mend.
        cli::remark("ERROR: " + kasio::error_name(error.code()) + ": " + error.what());
        return error.code() == kasio::errc::invalid_option ? usage : failed;
    } catch (const std::exception& error) {
        cli::remark(std::string{"ERROR: "} + error.what());
        return failed;
    }
}
