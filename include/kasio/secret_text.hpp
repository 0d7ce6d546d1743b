// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

KASIO_BEGIN_NAMESPACE

/// A secret among options, filled from any text: `.password = "pencil"`. Its bytes, and those of each copy,
/// are overwritten before their memory is given back; it moves by pointer, so that none stay behind; and
/// nothing prints it.
class KASIO_DECL secret_text {
public:
    secret_text() noexcept = default;
    secret_text(std::string_view text);
    secret_text(const char* text) : secret_text{std::string_view{text}} {}
    secret_text(const std::string& text) : secret_text{std::string_view{text}} {}
    secret_text(const secret_text& other) : secret_text{other.view()} {}
    secret_text(secret_text&& other) noexcept;
    /// Also `options.password = "pencil"`.
    secret_text& operator=(secret_text other) noexcept;
    ~secret_text();

    [[nodiscard]] std::string_view view() const noexcept { return {bytes_.get(), size_}; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    friend bool operator==(const secret_text& a, const secret_text& b) noexcept {
        return a.view() == b.view();
    }

private:
    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
};

KASIO_END_NAMESPACE
