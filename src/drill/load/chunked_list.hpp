// A list that grows without ever moving what is in it: one push never stalls the load for
// the copying of a million records.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace lastcall::drill {

template <class T, std::size_t ChunkSize = 4096>
class chunked_list {
public:
    void push_back(const T& one) {
        if (size_ == chunks_.size() * ChunkSize) {
            chunks_.push_back(std::make_unique_for_overwrite<T[]>(ChunkSize));
        }
        chunks_.back()[size_ % ChunkSize] = one;
        ++size_;
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    [[nodiscard]] const T& operator[](std::size_t index) const noexcept {
        return chunks_[index / ChunkSize][index % ChunkSize];
    }

    /// Moves all of it behind what `into` has; each chunk is freed once it is copied.
    void drain_into(std::vector<T>& into) {
        into.reserve(into.size() + size_);
        for (auto& chunk : chunks_) {
            const auto count = size_ < ChunkSize ? size_ : ChunkSize;
            into.insert(into.end(), chunk.get(), chunk.get() + count);
            size_ -= count;
            chunk.reset();
        }
        chunks_.clear();
        size_ = 0;
    }

private:
    std::vector<std::unique_ptr<T[]>> chunks_;
    std::size_t size_ = 0;
};

}  // namespace lastcall::drill
