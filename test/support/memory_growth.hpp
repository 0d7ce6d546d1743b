// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdio>
#include <cstring>

/// How far the resident memory of this process rises above where it stands now: its peak, as the kernel
/// counts it.
class memory_growth {
public:
    memory_growth() {
        // Lets the kernel forget the peak so far.
        if (std::FILE* const file = std::fopen("/proc/self/clear_refs", "w")) {
            std::fputs("5", file);
            std::fclose(file);
        }
        before_ = kilobytes("VmRSS:");
    }
    [[nodiscard]] std::size_t bytes() const {
        const auto peak = kilobytes("VmHWM:");
        return peak > before_ ? (peak - before_) * 1024 : 0;
    }

private:
    [[nodiscard]] static std::size_t kilobytes(const char* name) {
        std::size_t value = 0;
        char line[256];
        std::FILE* const file = std::fopen("/proc/self/status", "r");
        if (file == nullptr) return 0;
        while (std::fgets(line, sizeof line, file) != nullptr)
            if (std::strncmp(line, name, std::strlen(name)) == 0)
                std::sscanf(line + std::strlen(name), "%zu", &value);
        std::fclose(file);
        return value;
    }
    std::size_t before_ = 0;
};

/// What no hostile peer may cost.
inline constexpr std::size_t most_growth = 64 * 1024 * 1024;
