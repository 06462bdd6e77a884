#include "doctor/settings/surroundings.hpp"

#include "sys/process/process_details.hpp"
#include "sys/process/process_files.hpp"

namespace lastcall::doctor {
namespace {

/// No configuration that says how to stop is larger.
constexpr std::size_t largest_settings = 1U << 20U;

}  // namespace

std::string surroundings::variable(std::string_view name) const {
    for (const std::string& one : environment) {
        if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=') {
            return one.substr(name.size() + 1);
        }
    }
    return {};
}

std::string surroundings::whole(const std::string& path) const {
    if (path.starts_with('/') || !is_readable()) {
        return path.starts_with('/') ? path : "";
    }
    return (folder == "/" ? "" : folder) + "/" + path;
}

std::vector<std::string> surroundings::matching(const std::string& pattern) const {
    const auto path = whole(pattern);
    const auto slash = path.rfind('/');
    if (slash == std::string::npos) {
        return {};
    }
    const std::string above = path.substr(0, slash);
    std::vector<std::string> made;
    for (const std::string& name : names(above.empty() ? "/" : above)) {
        if (fits_pattern(name, std::string_view(path).substr(slash + 1))) {
            made.push_back(above + "/" + name);
        }
    }
    return made;
}

surroundings surroundings_of(int pid) {
    return {
        sys::working_folder_of(pid), sys::environment_of(pid),
        [pid](const std::string& path) { return sys::read_file_of(pid, path, largest_settings); },
        [pid](const std::string& folder) { return sys::names_in_folder_of(pid, folder); }};
}

bool fits_pattern(std::string_view text, std::string_view pattern) noexcept {
    // Where the last * was, and what it has stood for so far.
    std::size_t star = pattern.npos;
    std::size_t taken = 0;
    std::size_t at = 0;
    std::size_t in = 0;
    while (at < text.size()) {
        if (in < pattern.size() && pattern[in] == '*') {
            star = in++;
            taken = at;
        } else if (in < pattern.size() && (pattern[in] == '?' || pattern[in] == text[at])) {
            ++in;
            ++at;
        } else if (star != pattern.npos) {
            in = star + 1;
            at = ++taken;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', in) == pattern.npos;
}

}  // namespace lastcall::doctor
