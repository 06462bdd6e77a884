#include "servers.hpp"

#include <string.h>

#include <fstream>
#include <stdexcept>

namespace stop_bench {

std::string server::label() const {
    const char* const text = ::sigabbrev_np(signal);
    return name + " (" + (text != nullptr ? text : std::to_string(signal)) + ")";
}

void write_file(const std::filesystem::path& path, const std::string& text) {
    std::ofstream file(path);
    file << text;
    if (!file.flush()) {
        throw std::runtime_error("cannot write " + path.string());
    }
}

std::vector<server> peers(results& into, const std::filesystem::path& scratch) {
    std::vector<server> made;
    const auto add = [&](const char* name, std::optional<server> one) {
        if (one) {
            made.push_back(std::move(*one));
        } else {
            into.note(std::string(name) + " is NOT INSTALLED: not compared");
        }
    };
    add("nginx", nginx_server());
    add("haproxy", haproxy_server());
    add("go", go_server(scratch));
    add("node", node_server());
    return made;
}

}  // namespace stop_bench
