#include "agent/plan/known_digests.hpp"

#include <algorithm>

#include "agent/plan/digest.hpp"

namespace lastcall::agent {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_known = 64;
constexpr auto settled_after = 2s;

}  // namespace

std::string known_digests::look_up(const sys::file_identity& which) {
    const std::lock_guard lock(guard_);
    const auto found = std::ranges::find(entries_, which, &entry::which);
    if (found == entries_.end()) {
        return {};
    }
    std::rotate(found, found + 1, entries_.end());
    return entries_.back().digest;
}

void known_digests::remember(const sys::file_identity& which, const std::string& digest) {
    const std::lock_guard lock(guard_);
    std::erase_if(entries_, [&which](const entry& one) {
        return one.which.device == which.device && one.which.inode == which.inode;
    });
    if (entries_.size() == most_known) {
        entries_.erase(entries_.begin());
    }
    entries_.push_back({which, digest});
}

std::string known_digests::of(const sys::held_file& file, std::chrono::nanoseconds now) {
    const auto before = file.identity();
    if (auto found = look_up(before); !found.empty()) {
        return found;
    }
    auto made = read_(file);
    const bool is_settled = std::chrono::nanoseconds(before.changed_ns) + settled_after <= now;
    if (is_settled && before.is_regular && file.identity() == before) {
        remember(before, made);
    }
    return made;
}

std::string known_digest_of(const sys::held_file& file) {
    static known_digests of_the_process([](const sys::held_file& one) { return digest_of(one); });
    return of_the_process.of(file, std::chrono::system_clock::now().time_since_epoch());
}

}  // namespace lastcall::agent
