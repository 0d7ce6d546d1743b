// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <cstddef>
#include <utility>

KASIO_BEGIN_NAMESPACE

/// Where blocks of memory go back to.
class block_owner {
public:
    virtual void take_back(std::byte* data, std::size_t size) noexcept = 0;

protected:
    block_owner() = default;
    block_owner(const block_owner&) = default;
    block_owner& operator=(const block_owner&) = default;
    ~block_owner() = default;
};

/// Memory that is not initialised, of the general allocator or of an owner, who lives at least as long.
class memory_block {
public:
    memory_block() noexcept = default;
    explicit memory_block(std::size_t size) : data_{new std::byte[size]}, size_{size} {}
    memory_block(std::byte* data, std::size_t size, block_owner& owner) noexcept
        : data_{data}, size_{size}, owner_{&owner} {}
    memory_block(memory_block&& other) noexcept { swap(other); }
    memory_block& operator=(memory_block&& other) noexcept {
        memory_block taken{std::move(other)};
        swap(taken);
        return *this;
    }
    ~memory_block() {
        if (owner_) owner_->take_back(data_, size_);
        else delete[] data_;
    }

    [[nodiscard]] std::byte* data() const noexcept { return data_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    void swap(memory_block& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(owner_, other.owner_);
    }

    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
    block_owner* owner_ = nullptr;
};

KASIO_END_NAMESPACE
