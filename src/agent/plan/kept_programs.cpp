#include "agent/plan/kept_programs.hpp"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <vector>

#include "agent/config/size.hpp"
#include "agent/plan/digest.hpp"
#include "agent/plan/known_digests.hpp"
#include "sys/unique_name.hpp"

namespace lastcall::agent {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "sha256:";
constexpr std::size_t hex_digits = 64;
constexpr std::string_view unfinished = ".new-";
constexpr std::uint32_t runnable_by_all = 0755;  // the service may run as another user

bool is_name(std::string_view name) {
    return name.size() == hex_digits &&
           name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string name_of(const std::string& digest) {
    return digest.starts_with(prefix) && is_name(std::string_view(digest).substr(prefix.size()))
               ? digest.substr(prefix.size())
               : std::string{};
}

std::string why_not(const run_plan& plan, const keep_limits& limits) {
    const auto facts = plan.held->identity();
    if (plan.is_script) {
        return plan.program.path + " is a script: it is read by its path, and may look beside it";
    }
    if (facts.is_set_id()) {
        return plan.program.path + " has a set-user-ID or set-group-ID bit, which a copy has not";
    }
    if (plan.held->has_capabilities()) {
        return plan.program.path + " has file capabilities, which a copy has not";
    }
    if (plan.program.size > limits.largest) {
        return plan.program.path + " is larger than " + size_text(limits.largest);
    }
    return {};
}

/// A copy that is whole, as far as is known: who runs it reads it, find_kept().
bool is_there(const fs::path& place, const std::string& digest) {
    return fs::is_regular_file(place) && known_digest_of(sys::held_file(place.string())) == digest;
}

bool is_newest(const fs::path& place) {
    const auto of_it = fs::last_write_time(place);
    return std::ranges::none_of(
        fs::directory_iterator(place.parent_path()),
        [&](const fs::directory_entry& other) { return other.last_write_time() > of_it; });
}

/// Removes what is oldest by its last use, and what an agent that was killed left half done.
void remove_surplus(const fs::path& folder, const std::set<std::string>& needed,
                    std::size_t count) {
    std::vector<fs::path> kept;
    for (const auto& one : fs::directory_iterator(folder)) {
        const auto name = one.path().filename().string();
        if (name.starts_with(unfinished)) {
            fs::remove(one.path());
        } else if (is_name(name)) {
            kept.push_back(one.path());
        }
    }
    std::sort(kept.begin(), kept.end(), [](const fs::path& left, const fs::path& right) {
        return fs::last_write_time(left) > fs::last_write_time(right);
    });
    std::size_t stay = 0;
    for (const auto& one : kept) {
        const bool is_needed = needed.contains(std::string(prefix) + one.filename().string());
        if (is_needed || stay < count) {
            ++stay;
        } else {
            fs::remove(one);
        }
    }
}

}  // namespace

kept_program keep_program(const run_plan& plan, const std::string& folder,
                          const std::set<std::string>& needed, const keep_limits& limits) noexcept {
    kept_program made;
    try {
        made.why_not = why_not(plan, limits);
        if (!made.why_not.empty()) {
            return made;
        }
        const auto name = name_of(plan.program.digest);
        const auto place = fs::path(folder) / name;
        if (is_there(place, plan.program.digest)) {
            made.file = place.string();
            made.how = "there already";
            if (!is_newest(place)) {  // else it would be another file to known_digests
                fs::last_write_time(place, fs::file_time_type::clock::now());
            }
        } else {
            fs::create_directories(folder);
            const auto passing =
                fs::path(folder) / (std::string(unfinished) + sys::random_digits());
            const auto way = plan.held->copy_to(passing.string(), runnable_by_all);
            // It may have been written to between the digest and the copy.
            if (digest_of(sys::held_file(passing.string())) != plan.program.digest) {
                fs::remove(passing);
                made.why_not = plan.program.path + " was written to while it was copied";
                return made;
            }
            fs::rename(passing, place);
            made.file = place.string();
            made.how = way == sys::copy_way::reflink ? "reflink" : "copy";
        }
        auto stay = needed;
        stay.insert(plan.program.digest);
        remove_surplus(folder, stay, limits.count);
    } catch (const std::exception& e) {
        if (made.file.empty()) {
            made.why_not = std::string("it could not be copied: ") + e.what();
        }
    }
    return made;
}

std::optional<std::string> find_kept(const std::string& folder,
                                     const std::string& digest) noexcept {
    try {
        const auto name = name_of(digest);
        const auto place = (fs::path(folder) / name).string();
        if (!name.empty() && fs::is_regular_file(place) &&
            digest_of(sys::held_file(place)) == digest) {
            return place;
        }
    } catch (const std::exception&) {
        return std::nullopt;  // gone, or not to be read: there is none to run
    }
    return std::nullopt;
}

}  // namespace lastcall::agent
