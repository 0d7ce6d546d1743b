// SPDX-License-Identifier: BSL-1.0
// A program to be watched: `costs idle SECONDS`, `costs requests COUNT`, `costs memory COUNT`, each with
// `plain` or `tls` first, and an in-process cluster of its own in a child process, so that only the client's
// doings are seen. test/component/connection/costs.py runs it under strace.
#include "support/certificates.hpp"

#include <kasio/connection.hpp>
#include <kasio/messages/metadata.hpp>
#include <kasio/testing/broker.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <functional>
#include <string>

namespace asio = boost::asio;
using namespace kasio;
using namespace kasio_test;
using namespace std::chrono_literals;

namespace {

/// Marks a place in the trace: a system call that nothing else makes.
void mark(const char* what) { (void)!::write(-1, what, std::strlen(what)); }

std::size_t resident_bytes() {
    std::ifstream text{"/proc/self/statm"};
    std::size_t all = 0;
    std::size_t resident = 0;
    text >> all >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

[[noreturn]] void fail(const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    std::exit(1);
}

/// The cluster in a process of its own; dies with this one.
class cluster_process {
public:
    cluster_process(bool tls, certificate_authority& ca) {
        int pipes[2];
        if (::pipe(pipes) != 0) fail("no pipe");
        child_ = ::fork();
        if (child_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            testing::broker_options options;
            if (tls) {
                const auto server = ca.server();
                options.tls.certificate_pem = server.certificate_pem();
                options.tls.private_key_pem = server.key_pem();
            }
            testing::broker broker{options};
            const auto port = broker.port(1);
            (void)!::write(pipes[1], &port, sizeof port);
            while (true) ::pause();
        }
        if (::read(pipes[0], &port_, sizeof port_) != sizeof port_) fail("the cluster did not start");
        ::close(pipes[0]);
        ::close(pipes[1]);
    }
    ~cluster_process() {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    ::pid_t child_ = -1;
    std::uint16_t port_ = 0;
};

protocol::metadata_request about_nothing() {
    protocol::metadata_request request;
    request.topics.emplace();
    request.allow_auto_topic_creation = false;
    return request;
}

void connect_all(asio::io_context& io, std::deque<connection>& lines, std::uint16_t port) {
    std::size_t open = 0;
    for (auto& each : lines) {
        each.async_connect("127.0.0.1", port, [&](error_code error) {
            if (error) fail(error.message());
            ++open;
        });
    }
    while (open != lines.size()) {
        io.restart();
        io.run_one();
    }
}

void idle(asio::io_context& io, int seconds) {
    asio::steady_timer end{io, std::chrono::seconds{seconds}};
    end.async_wait([&io](error_code) { io.stop(); });
    io.restart();
    io.poll();
    mark("begin");
    io.run();
    mark("end");
}

void ask(asio::io_context& io, connection& line, int count) {
    int left = count;
    const std::function<void()> next = [&] {
        line.async_request(about_nothing(), [&](error_code error, const auto&) {
            if (error) fail(error.message());
            if (--left != 0) return next();
            mark("end");
            io.stop();
        });
    };
    mark("begin");
    next();
    io.restart();
    io.run();
}

} // namespace

int main(int count, char** words) {
    if (count != 4) fail("costs plain|tls idle|requests|memory NUMBER");
    const bool tls = std::string{words[1]} == "tls";
    const std::string what = words[2];
    const int number = std::atoi(words[3]);
    certificate_authority ca;
    const cluster_process cluster{tls, ca};
    cluster_options options;
    options.tls.enabled = tls;
    if (tls) options.tls.ca_pem = ca.pem();
    options.connect_timeout = 60s;
    asio::io_context io{1};
    std::deque<connection> lines;
    lines.emplace_back(io.get_executor(), options);
    connect_all(io, lines, cluster.port());
    if (what == "idle") idle(io, number);
    else if (what == "requests") ask(io, lines.front(), number);
    else {
        const auto before = resident_bytes();
        std::deque<connection> more;
        for (int i = 0; i < number; ++i) more.emplace_back(io.get_executor(), options);
        connect_all(io, more, cluster.port());
        std::printf("%.1f KiB a connection\n",
                    static_cast<double>(resident_bytes() - before) / 1024.0 / static_cast<double>(number));
    }
}
