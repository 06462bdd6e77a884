#include "adapters/temp_files/directory.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

#include "adapters/temp_files/sys_files.hpp"
#include "sys/process/process.hpp"
#include "sys/unique_name.hpp"

namespace lastcall::temp {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

/// Returns: whether it is gone. False: it is held, or not a directory of ours.
bool sweep_one(int parent, const std::string& entry) {
    const sys::unique_fd directory = open_inside(parent, entry.c_str());
    if (!directory || !is_mine(directory.get())) {
        return false;
    }
    const sys::unique_fd lock = open_file(directory.get(), lock_name);
    if (!lock) {
        if (errno != ENOENT) {
            fail(errno, "open the lock of " + entry);
        }
        // Crashed right after mkdir, or just being made by somebody who then starts
        // over. It is empty; if not, it is no directory of ours, and rmdir refuses.
        return remove_directory(parent, entry.c_str()) == 0;
    }
    switch (try_lock(lock.get())) {
        case locked::held_by_other:
            return false;
        case locked::failed:
            fail(errno, "lock " + entry);
        case locked::mine:
            break;
    }
    remove_inside(directory.get(), lock_name, {});
    int error = remove_file(directory.get(), lock_name);
    error = error != 0 ? error : remove_directory(parent, entry.c_str());
    if (error != 0) {
        fail(error, "remove " + entry);
    }
    return true;
}

}  // namespace

bool is_instance_of(std::string_view name, std::string_view entry) {
    constexpr std::size_t random = 16;
    if (entry.size() < name.size() + 2 + random + 1 || !entry.starts_with(name) ||
        entry[name.size()] != '.') {
        return false;
    }
    const std::string_view digits = entry.substr(entry.size() - random);
    const std::string_view middle =
        entry.substr(name.size() + 1, entry.size() - name.size() - 1 - random);
    return std::ranges::all_of(digits, is_hex) && middle.size() >= 2 && middle.back() == '.' &&
           std::ranges::all_of(middle.substr(0, middle.size() - 1), is_digit);
}

held_directory make_held(int parent, const std::string& name) {
    for (;;) {
        held_directory made;
        made.entry =
            name + "." + std::to_string(sys::current_process_id()) + "." + sys::random_digits();
        const int error = make_directory(parent, made.entry.c_str());
        if (error == EEXIST) {
            continue;
        }
        if (error != 0) {
            fail(error, "make the directory " + made.entry);
        }
        made.fd = open_inside(parent, made.entry.c_str());
        if (made.fd) {
            made.lock = make_file(made.fd.get(), lock_name);
        }
        if (!made.lock) {
            if (errno == ENOENT) {
                continue;  // swept away before it was held
            }
            const int why = errno;
            remove_directory(parent, made.entry.c_str());
            fail(why, "make the lock of " + made.entry);
        }
        const locked lock = try_lock(made.lock.get());
        if (lock == locked::failed) {
            const int why = errno;
            remove_file(made.fd.get(), lock_name);
            remove_directory(parent, made.entry.c_str());
            fail(why, "lock " + made.entry);
        }
        if (lock == locked::mine && is_linked(made.lock.get())) {
            return made;
        }
    }
}

sweep_result sweep(int parent, std::string_view name) {
    std::vector<std::string> found;
    list(parent, [&](const char* entry) {
        if (is_instance_of(name, entry)) {
            found.emplace_back(entry);
        }
        return true;
    });
    sweep_result result;
    for (const std::string& entry : found) {
        try {
            result.removed += sweep_one(parent, entry) ? 1U : 0U;
        } catch (const std::system_error& error) {
            ++result.kept;
            result.why = error.what();
        }
    }
    return result;
}

}  // namespace lastcall::temp
