// SPDX-License-Identifier: BSL-1.0
// Runs a workload with many seeds, several at once, and checks the history of each.
#include "chaos/trial.hpp"

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace chaos;

constexpr std::string_view usage =
    R"(usage: chaos WORKLOAD [--seed N] [--first N] [--seeds N] [--seconds N] [--together N] [--keep FILE]
             [--expect ANOMALY]
       chaos check FILE

WORKLOAD is produce, consume, group, or one that cannot go well: produce-not-idempotent, produce-leader-only,
group-ahead, group-seldom.
--seed N runs that seed alone, again and again with --seeds; --seeds N runs so many from --first on (1); --seconds N
begins no more after that time. --together N are under way at once (16). --keep FILE writes the history of the last
seed, or of the first that fails. --expect ANOMALY: it passes when the checker finds that in a seed, and begins no
more then. check reads such a history. The last line counts the seeds.
)";

struct settings {
    std::string workload;
    std::uint64_t first = 1;
    std::uint64_t seeds = 1;
    std::int64_t seconds = 0;
    std::size_t together = 16;
    bool same = false;
    std::string keep;
    std::string expect;
};

[[noreturn]] void misuse() {
    std::cerr << usage;
    std::exit(2);
}

std::uint64_t number_in(std::string_view text) {
    std::uint64_t made = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), made);
    if (error != std::errc{} || end != text.data() + text.size()) misuse();
    return made;
}

settings parse(const std::vector<std::string_view>& arguments) {
    settings made;
    if (arguments.empty()) misuse();
    made.workload = arguments[0];
    for (std::size_t i = 1; i < arguments.size(); i += 2) {
        if (i + 1 == arguments.size()) misuse();
        const auto name = arguments[i];
        const auto value = arguments[i + 1];
        if (name == "--keep" || name == "--expect") {
            (name == "--keep" ? made.keep : made.expect) = value;
            continue;
        }
        const auto number = number_in(value);
        if (name == "--seed") made.first = number, made.same = true;
        else if (name == "--first") made.first = number;
        else if (name == "--seeds") made.seeds = number;
        else if (name == "--seconds") made.seconds = static_cast<std::int64_t>(number);
        else if (name == "--together") made.together = static_cast<std::size_t>(number);
        else misuse();
    }
    return made;
}

std::shared_ptr<trial> make(const std::string& workload, std::uint64_t seed) {
    if (workload == "produce") return make_producing(seed, care::full);
    if (workload == "produce-not-idempotent") return make_producing(seed, care::not_idempotent);
    if (workload == "produce-leader-only") return make_producing(seed, care::leader_only);
    if (workload == "consume") return make_consuming(seed);
    if (workload == "group") return make_grouping(seed, commit_care::full);
    if (workload == "group-ahead") return make_grouping(seed, commit_care::ahead);
    if (workload == "group-seldom") return make_grouping(seed, commit_care::seldom);
    misuse();
}

void print(const std::vector<finding>& findings, const history& events) {
    constexpr std::size_t most_shown = 12;
    for (std::size_t i = 0; i < findings.size() && i < most_shown; ++i) {
        const auto& each = findings[i];
        std::cout << "  " << each.anomaly << ": " << each.text;
        if (!each.key.empty()) std::cout << " (" << each.key << '@' << each.offset << ')';
        std::cout << '\n';
    }
    if (findings.size() > most_shown) std::cout << "  and " << findings.size() - most_shown << " more\n";
    if (!findings.empty()) std::cout << window(events, findings.front());
}

/// The seeds that are under way, and what came of the others.
class runner {
public:
    explicit runner(settings how) : how_{std::move(how)} {}

    int run() {
        while (begin_more() || !under_way_.empty()) {
            for (auto at = under_way_.begin(); at != under_way_.end();) {
                if (!(*at)->step()) {
                    ++at;
                    continue;
                }
                conclude(**at);
                // What hangs cannot be taken down without hanging here.
                if ((*at)->hangs()) hung_.push_back(*at);
                at = under_way_.erase(at);
            }
            std::this_thread::sleep_for(std::chrono::microseconds{500});
        }
        summarize();
        if (!how_.expect.empty() && passed_ == 0) failed_ = 1;
        std::cout << "kasio-test: " << passed_ << " passed, " << failed_ << " failed, 0 skipped" << std::endl;
        if (!hung_.empty()) std::_Exit(1);
        return failed_ == 0 ? 0 : 1;
    }

private:
    /// False when no seed is left to begin.
    bool begin_more() {
        const auto elapsed = std::chrono::steady_clock::now() - start_;
        if (!how_.expect.empty() && passed_ != 0) begun_ = how_.seeds;
        if (how_.seconds > 0 && elapsed > std::chrono::seconds{how_.seconds}) begun_ = how_.seeds;
        while (begun_ < how_.seeds && under_way_.size() < how_.together) {
            under_way_.push_back(make(how_.workload, how_.same ? how_.first : how_.first + begun_));
            under_way_.back()->start();
            ++begun_;
        }
        return begun_ < how_.seeds;
    }

    void conclude(const trial& done) {
        for (const char* const what : {"send", "poll", "fault"}) {
            outcomes_[what].ok += done.count(what, phase::ok);
            outcomes_[what].fail += done.count(what, phase::fail);
            outcomes_[what].info += done.count(what, phase::info) + done.count(what, phase::note);
        }
        if (!how_.expect.empty()) return look_for_expected(done);
        const bool bad = !done.findings().empty();
        if (!how_.keep.empty() && failed_ == 0) std::ofstream{how_.keep} << done.lines();
        if (!bad) {
            ++passed_;
            return;
        }
        ++failed_;
        std::cout << "seed " << done.seed() << " failed; to run it again: chaos " << how_.workload
                  << " --seed " << done.seed() << " --keep history.jsonl\n";
        print(done.findings(), from_lines(done.lines()));
        std::cout << std::flush;
    }

    void look_for_expected(const trial& done) {
        for (const auto& each : done.findings()) {
            if (each.anomaly != how_.expect) continue;
            std::cout << "seed " << done.seed() << " shows " << each.anomaly << ": " << each.text << '\n';
            ++passed_;
            return;
        }
        if (done.hangs()) ++failed_;
        ++innocent_;
    }

    void summarize() {
        const auto seconds = std::chrono::duration_cast<std::chrono::duration<double>>(
                                 std::chrono::steady_clock::now() - start_)
                                 .count();
        std::cout << passed_ + failed_ + innocent_ << " seeds of " << how_.workload << " in " << seconds
                  << " s (" << static_cast<double>(std::clock()) / CLOCKS_PER_SEC
                  << " s of CPU): " << outcomes_["fault"].info << " faults";
        for (const char* const what : {"send", "poll"}) {
            const auto& each = outcomes_[what];
            std::cout << "; " << what << ": " << each.ok << " ok, " << each.fail << " not, " << each.info
                      << " unknown";
        }
        std::cout << '\n';
    }

    struct outcomes {
        std::size_t ok = 0;
        std::size_t fail = 0;
        std::size_t info = 0;
    };
    const settings how_;
    const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    std::vector<std::shared_ptr<trial>> under_way_;
    std::vector<std::shared_ptr<trial>> hung_;
    std::map<std::string, outcomes> outcomes_;
    std::uint64_t begun_ = 0;
    std::uint64_t passed_ = 0;
    std::uint64_t failed_ = 0;
    /// Did not show what was expected.
    std::uint64_t innocent_ = 0;
};

int check_file(const std::string& path) {
    std::ifstream file{path};
    if (!file) {
        std::cerr << "cannot read " << path << '\n';
        return 2;
    }
    const std::string lines{std::istreambuf_iterator<char>{file}, {}};
    const auto events = from_lines(lines);
    const auto findings = checker{events}.run();
    print(findings, events);
    std::cout << events.size() << " events, " << findings.size() << " findings\n";
    return findings.empty() ? 0 : 1;
}

} // namespace

int main(int count, char** texts) {
    const std::vector<std::string_view> arguments{texts + 1, texts + count};
    if (arguments.size() == 2 && arguments[0] == "check") return check_file(std::string{arguments[1]});
    return runner{parse(arguments)}.run();
}
