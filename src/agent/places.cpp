#include "agent/places.hpp"

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "sys/account.hpp"

namespace lastcall::agent {
namespace {

namespace fs = std::filesystem;

/// Empty where it is not set, or is not absolute: the XDG base directories are to be
/// ignored then.
std::string folder_in(const char* variable) {
    const char* const set = std::getenv(variable);
    return set != nullptr && *set == '/' ? set : "";
}

void make_private(const std::string& path) {
    std::error_code error;
    const bool is_new = fs::create_directories(path, error);
    if (error) {
        throw std::system_error(error, path);
    }
    if (!fs::is_directory(path)) {
        throw std::system_error(std::make_error_code(std::errc::not_a_directory), path);
    }
    // Another mode that somebody gave it stays; the socket inside has its own.
    if (is_new) {
        fs::permissions(path, fs::perms::owner_all, error);
        if (error) {
            throw std::system_error(error, path);
        }
    }
}

}  // namespace

places choose_places(const std::string& home_option) {
    auto home = home_option;
    if (home.empty()) {
        const char* const set = std::getenv("LASTCALL_HOME");
        home = set != nullptr ? set : "";
    }
    if (!home.empty()) {
        home = fs::absolute(home).lexically_normal().string();
        while (home.size() > 1 && home.ends_with('/')) {
            home.pop_back();
        }
        return {home, home + "/run"};
    }
    if (sys::effective_user() == 0) {
        return {"/var/lib/lastcall", "/run/lastcall"};
    }
    auto user_home = folder_in("HOME");
    if (user_home.empty()) {
        const auto me = sys::find_user(std::to_string(sys::effective_user()));
        user_home = me && !me->home.empty() ? me->home : "/";
    }
    auto state = folder_in("XDG_STATE_HOME");
    if (state.empty()) {
        state = user_home + "/.local/state";
    }
    state += "/lastcall";
    auto runtime = folder_in("XDG_RUNTIME_DIR");
    // Without a session there is none (cron, su): what is there until the next boot, then.
    return {state, runtime.empty() ? state + "/run" : runtime + "/lastcall"};
}

void make_places(const places& where) {
    for (const auto& path : {where.state, where.logs(), where.programs(), where.runtime}) {
        make_private(path);
    }
}

}  // namespace lastcall::agent
