// SPDX-License-Identifier: BSL-1.0
#include "producer/topic_table.hpp"

KASIO_BEGIN_NAMESPACE

topic_table::slot_array* topic_table::add_array(std::size_t size) {
    return arrays_.emplace_back(std::make_unique<slot_array>(size)).get();
}

void topic_table::insert(slot_array& array, topic_entry* entry) noexcept {
    const auto mask = array.size() - 1;
    auto at = hash(entry->name) & mask;
    while (array[at].load(std::memory_order_relaxed) != nullptr) at = (at + 1) & mask;
    array[at].store(entry, std::memory_order_release);
}

topic_entry& topic_table::find_or_add(std::string_view name) {
    const std::lock_guard lock{mutex_};
    if (auto* known = find(name)) return *known;
    auto entry =
        std::make_unique<topic_entry>(std::string{name}, hash(name) ^ reinterpret_cast<std::uintptr_t>(this));
    entries_.push_back(std::move(entry));
    auto* const added = entries_.back().get();
    auto* array = slots_.load(std::memory_order_relaxed);
    if (entries_.size() * 2 > array->size()) {
        array = add_array(array->size() * 2);
        for (const auto& each : entries_) insert(*array, each.get());
        slots_.store(array, std::memory_order_release);
    } else {
        insert(*array, added);
    }
    return *added;
}

std::vector<topic_entry*> topic_table::all() const {
    const std::lock_guard lock{mutex_};
    std::vector<topic_entry*> found;
    found.reserve(entries_.size());
    for (const auto& entry : entries_) found.push_back(entry.get());
    return found;
}

KASIO_END_NAMESPACE
