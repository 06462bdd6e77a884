#include "doctor/look/stale_sockets.hpp"

#include <algorithm>

#include "sys/socket/unix_paths.hpp"

namespace lastcall::doctor {

std::vector<std::string> stale_sockets_of(int pid, const std::vector<std::string>& arguments) {
    const std::string root = "/proc/" + std::to_string(pid) + "/root";
    std::vector<std::string> found;
    for (const auto& argument : arguments) {
        const auto path = path_in_argument(argument);
        if (!path.empty() && sys::is_socket_file(root + path) &&
            !sys::may_be_bound(path.substr(path.rfind('/') + 1)) &&
            std::find(found.begin(), found.end(), path) == found.end()) {
            found.push_back(path);
        }
    }
    return found;
}

std::string path_in_argument(std::string_view argument) {
    const auto begin = argument.find('/');
    if (begin == argument.npos) {
        return {};
    }
    auto path = argument.substr(begin);
    path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
    path = path.substr(0, path.find_first_of(",;:?"));
    return path.empty() || path.back() == '/' ? "" : "/" + std::string(path);
}

}  // namespace lastcall::doctor
