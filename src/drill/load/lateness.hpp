// How far behind the intended times the load's thread was: a histogram of fixed size, so
// that noting a value allocates nothing.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace lastcall::drill {

/// Buckets of 1/8 of a power of two: a quantile is at most 12.5 % above the truth.
class lateness {
public:
    void add(std::int64_t ns) noexcept {
        const auto value = ns < 0 ? 0U : static_cast<std::uint64_t>(ns);
        ++buckets_[place_of(value)];
        ++count_;
        most_ = value > most_ ? value : most_;
    }

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    [[nodiscard]] std::int64_t most() const noexcept { return static_cast<std::int64_t>(most_); }

    /// The upper end of the bucket in which the value at `share` lies; 0 without values.
    [[nodiscard]] std::int64_t quantile(double share) const noexcept {
        if (count_ == 0) {
            return 0;
        }
        const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(count_ - 1));
        std::uint64_t seen = 0;
        for (std::size_t place = 0; place < buckets_.size(); ++place) {
            seen += buckets_[place];
            if (seen > wanted) {
                const auto end = end_of(place);
                return static_cast<std::int64_t>(end < most_ ? end : most_);
            }
        }
        return most();
    }

private:
    static constexpr unsigned fine_bits = 3;
    static constexpr std::uint64_t fine = 1U << fine_bits;

    static std::size_t place_of(std::uint64_t value) noexcept {
        if (value < fine) {
            return value;
        }
        const auto shift = static_cast<unsigned>(std::bit_width(value)) - fine_bits - 1;
        return (shift + 1) * fine + ((value >> shift) - fine);
    }

    static std::uint64_t end_of(std::size_t place) noexcept {
        if (place < fine) {
            return place;
        }
        const auto shift = place / fine - 1;
        return ((fine + place % fine + 1) << shift) - 1;
    }

    std::array<std::uint32_t, 62 * fine> buckets_{};
    std::uint64_t count_ = 0;
    std::uint64_t most_ = 0;
};

}  // namespace lastcall::drill
