// SPDX-License-Identifier: BSL-1.0
// cost ROUNDS: opens and reads a hundred thousand records of 100 bytes so many times, for cost.py to count
// the instructions of. No test by itself.
#include "base/byte_buffer.hpp"
#include "consumer/fetch_buffer.hpp"
#include "record/batch_edit.hpp"
#include "record/batch_layout.hpp"
#include "record/batch_writer.hpp"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

using namespace kasio;

namespace {

constexpr int batches = 100;
constexpr int records_each = 1000;

struct uncounted final : block_keeper {
    std::shared_ptr<const void> keep(byte_buffer block) override {
        return std::make_shared<byte_buffer>(std::move(block));
    }
    bool has_room() const noexcept override { return true; }
};

std::vector<std::byte> answer() {
    std::vector<std::byte> all;
    const std::string value(100, 'x');
    for (int number = 0; number < batches; ++number) {
        batch_writer writer;
        // At once: growing by a record at a time would copy more than there is to count.
        writer.grow_to(batch_header_size + records_each * batch_writer::upper_bound("10000000", value, {}));
        for (int i = 0; i < records_each; ++i) {
            const auto key = std::to_string(10'000'000 + i);
            writer.append(1000 + i, key, value, {});
        }
        const auto made = writer.finish({});
        std::vector<std::byte> batch{made.begin(), made.end()};
        set_base_offset(batch, static_cast<std::int64_t>(number) * records_each);
        all.insert(all.end(), batch.begin(), batch.end());
    }
    return all;
}

} // namespace

int main(int, char** arguments) {
    const auto frame = std::make_shared<const std::vector<std::byte>>(answer());
    decompressor codecs;
    uncounted keeper;
    fetch_buffer buffer{std::make_shared<const std::string>("t"), 0};
    std::size_t read = 0;
    std::size_t bytes = 0;
    for (int left = std::atoi(arguments[1]); left > 0; --left) {
        buffer.reset(0);
        buffer.add(frame, *frame, {});
        const auto state = std::make_shared<fetched_state>();
        buffer.take({codecs, keeper, 1 << 20, true}, {}, true, *state);
        const fetched_records records{state};
        for (const auto& record : records) {
            ++read;
            bytes += record.key().size() + record.value().size();
        }
    }
    std::printf("%zu records, %zu bytes\n", read, bytes);
    return bytes == read * 108 ? 0 : 1;
}
