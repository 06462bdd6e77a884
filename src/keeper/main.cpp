#include <filesystem>

#include "keeper/keeper.hpp"
#include "sys/fd.hpp"
#include "sys/output.hpp"
#include "sys/process/service_start.hpp"
#include "sys/process/way_back.hpp"

namespace {

using namespace lastcall;

constexpr int standard_output = 1;
constexpr int standard_error = 2;

/// Beside this program, as it is installed and built; else the first in PATH.
std::string find_init(const std::vector<std::string>& environment) {
    namespace files = std::filesystem;
    std::error_code ignored;
    const auto self = files::read_symlink("/proc/self/exe", ignored);
    const auto beside = self.parent_path() / "lastcall-init";
    if (files::exists(beside, ignored)) {
        return beside;
    }
    for (const auto& entry : environment) {
        if (!entry.starts_with("PATH=")) {
            continue;
        }
        std::string_view left = std::string_view(entry).substr(5);
        while (!left.empty()) {
            const auto end = std::min(left.find(':'), left.size());
            const auto file = files::path(left.substr(0, end)) / "lastcall-init";
            if (file.is_absolute() && files::exists(file, ignored)) {
                return file;
            }
            left.remove_prefix(std::min(end + 1, left.size()));
        }
    }
    return {};
}

}  // namespace

int main(int argc, char** argv, char** environ_of_ours) {
    sys::occupy_standard_descriptors();
    auto parsed = keeper::parse_options({argv + 1, argv + argc});
    using outcome = keeper::parsed_options::outcome;
    if (parsed.what != outcome::run) {
        const bool is_help = parsed.what == outcome::print;
        sys::write_without_waiting(is_help ? standard_output : standard_error, parsed.text);
        return is_help ? 0 : keeper::status_usage;
    }
    std::vector<std::string> environment;
    for (char** entry = environ_of_ours; *entry != nullptr; ++entry) {
        environment.emplace_back(*entry);
    }
    auto& what = parsed.value;
    if (what.try_state_fd >= 0) {
        return keeper::try_state(what.try_state_fd);
    }
    if (what.init.empty() && what.state_fd < 0) {
        what.init = find_init(environment);
    }
    if (what.init.empty() && what.state_fd < 0) {
        sys::write_without_waiting(standard_error,
                                   "lastcall-keeper: lastcall-init is neither beside this "
                                   "program nor in PATH; say where with --init\n");
        return keeper::status_failed;
    }
    if (what.state_fd < 0) {
        sys::close_on_exec_from(standard_error + 1);
    }
    keeper::keeper here(std::move(what), std::move(environment));
    const int status = here.run();
    sys::go_back();  // on probation, even an end in order is one too early
    return status;
}
