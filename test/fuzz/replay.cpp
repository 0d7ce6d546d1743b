// SPDX-License-Identifier: BSL-1.0
// Runs fuzz targets without a fuzzer: `replay` the kept corpus of each target, `replay TARGET PATH...` the
// given files and the files in the given folders.
#include "base/base64.hpp"
#include "support/vectors.hpp"
#include "targets.hpp"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct target {
    std::string_view name;
    void (*run)(std::span<const std::byte>);
};

constexpr target targets[] = {
    {"frames", fuzz_frames},           {"requests", fuzz_requests}, {"responses", fuzz_responses},
    {"stored", fuzz_stored},           {"batches", fuzz_batches},   {"legacy", fuzz_legacy},
    {"compression", fuzz_compression}, {"sasl", fuzz_sasl},         {"properties", fuzz_properties},
};

// In memory of exactly its size, so that sanitizers see a read behind the end.
void run(const target& with, const std::string& bytes) {
    const std::vector<char> exact(bytes.begin(), bytes.end());
    with.run(std::as_bytes(std::span{exact}));
}

// One input a line, in base 64; an empty line is the empty input.
std::size_t run_kept(const target& with) {
    const std::string path = std::string{KASIO_FUZZ_CORPUS_DIR "/"}.append(with.name).append(".base64");
    std::size_t count = 0;
    for (const std::string& line : kasio_test::read_lines(path)) {
        std::printf("%s line %zu\n", path.c_str(), ++count);
        const auto bytes = kasio::from_base64(line);
        if (!bytes) throw std::runtime_error{"no base 64"};
        run(with, *bytes);
    }
    return count;
}

void run_file(const target& with, const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) throw std::runtime_error{"cannot read " + path.string()};
    std::printf("%s\n", path.c_str());
    run(with, std::string{std::istreambuf_iterator<char>{file}, {}});
}

void run_path(const target& with, const std::filesystem::path& path) {
    if (!std::filesystem::is_directory(path)) return run_file(with, path);
    for (const auto& entry : std::filesystem::recursive_directory_iterator{path}) {
        if (entry.is_regular_file()) run_file(with, entry.path());
    }
}

int run_given(std::string_view name, std::span<char*> paths) {
    for (const target& each : targets) {
        if (each.name != name) continue;
        for (const char* path : paths) run_path(each, path);
        return 0;
    }
    std::fprintf(stderr, "there is no target %s\n", std::string{name}.c_str());
    return 2;
}

} // namespace

int main(int count, char** arguments) try {
    // What crashes is the last input that was named.
    std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
    if (count > 1) return run_given(arguments[1], {arguments + 2, static_cast<std::size_t>(count) - 2});
    std::size_t inputs = 0;
    for (const target& each : targets) inputs += run_kept(each);
    std::printf("%zu inputs\nkasio-test: %zu passed, 0 failed, 0 skipped\n", inputs, std::size(targets));
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
