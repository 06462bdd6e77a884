#include "agent/config/surroundings.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "sys/process/launch.hpp"

namespace lastcall::agent {
namespace {

namespace fs = std::filesystem;

class machine final : public surroundings {
public:
    std::optional<sys::account> user(const std::string& name) const override {
        return sys::find_user(name);
    }
    std::optional<std::uint32_t> group(const std::string& name) const override {
        return sys::find_group(name);
    }
    std::uint32_t own_user() const override { return sys::effective_user(); }
    std::uint32_t own_group() const override { return sys::effective_group(); }

    path_kind kind(const std::string& path) const override {
        std::error_code error;
        switch (fs::status(path, error).type()) {
            case fs::file_type::not_found:
            case fs::file_type::none:
                return path_kind::none;
            case fs::file_type::regular:
                return path_kind::file;
            case fs::file_type::directory:
                return path_kind::directory;
            case fs::file_type::socket:
                return path_kind::socket;
            default:
                return path_kind::other;
        }
    }

    bool may_run(const std::string& path) const override { return sys::can_run(path.c_str()); }

    bool is_open_to_others(const std::string& path) const override {
        std::error_code error;
        const auto found = fs::status(path, error).permissions();
        return !error &&
               (found & (fs::perms::group_read | fs::perms::others_read)) != fs::perms::none;
    }

    std::optional<std::string> read(const std::string& path, std::size_t limit,
                                    std::string& why) const override {
        const auto what = kind(path);
        if (what != path_kind::file) {
            why = what == path_kind::none ? "does not exist" : "is no regular file";
            return std::nullopt;
        }
        std::ifstream file(path, std::ios::binary);
        std::string text(limit + 1, '\0');
        file.read(text.data(), static_cast<std::streamsize>(text.size()));
        if (!file.is_open() || file.bad()) {
            why = "may not be read";
            return std::nullopt;
        }
        text.resize(static_cast<std::size_t>(file.gcount()));
        if (text.size() > limit) {
            why = "is larger than " + std::to_string(limit >> 10U) + "KiB";
            return std::nullopt;
        }
        return text;
    }

    std::string path_variable() const override {
        const char* const set = std::getenv("PATH");
        return set != nullptr ? set : "/usr/local/bin:/usr/bin:/bin";
    }

    std::optional<std::string> grace_variable() const override {
        const char* const set = std::getenv("LASTCALL_GRACE");
        return set != nullptr ? std::optional<std::string>(set) : std::nullopt;
    }

    bool has_ipv6() const override { return fs::exists("/proc/net/if_inet6"); }

    std::uint16_t first_free_port() const override {
        std::ifstream file("/proc/sys/net/ipv4/ip_unprivileged_port_start");
        unsigned port = 1024;
        file >> port;
        return static_cast<std::uint16_t>(file ? port : 1024);
    }
};

}  // namespace

const surroundings& this_machine() {
    static const machine one;
    return one;
}

}  // namespace lastcall::agent
