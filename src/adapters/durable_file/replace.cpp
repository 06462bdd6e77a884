#include "adapters/durable_file/replace.hpp"

#include "sys/unique_name.hpp"

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace lastcall::durable {

void replace(const std::string& path, std::string_view content, unsigned mode, disk& on) {
    const std::string name = std::filesystem::path(path).filename().string();
    if (name.empty()) {
        throw std::system_error(EISDIR, std::generic_category(), "replace '" + path + "'");
    }
    const sys::unique_fd directory = open_directory_of(path);
    // Hidden, so that what reads a whole directory (a collector, a glob) skips it.
    const std::string beside = "." + name + "." + sys::random_digits() + ".tmp";
    sys::unique_fd fresh = make_beside(directory.get(), beside);

    int error = on.write(fresh.get(), content);
    error =
        error != 0 ? error : set_mode(fresh.get(), mode_of(directory.get(), name.c_str(), mode));
    error = error != 0 ? error : on.sync_all(fresh.get());
    error = error != 0 ? error : on.close(fresh);
    error = error != 0 ? error : on.rename(directory.get(), beside.c_str(), name.c_str());
    if (error != 0) {
        remove(directory.get(), beside.c_str());
        throw std::system_error(error, std::generic_category(), "replace " + path);
    }
    error = on.sync_all(directory.get());
    if (error != 0) {
        throw std::system_error(error, std::generic_category(),
                                "sync the directory of " + path + " after replacing it");
    }
}

}  // namespace lastcall::durable
