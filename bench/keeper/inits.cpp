#include "inits.hpp"

#include <unistd.h>

#include <stdexcept>

namespace keeper_bench {

std::vector<init> find_inits(const std::string& bin, measured::results& into) {
    const std::string ours = bin + "/lastcall-init";
    if (::access(ours.c_str(), X_OK) != 0) {
        throw std::runtime_error("there is no " + ours + "; build lastcall-init, or use --bin");
    }
    std::vector<init> made{{"lastcall-init", ours, {"--"}, {"--"}, kind::ours}};
    const std::vector<init> peers{
        {"tini-static", "/usr/bin/tini-static", {"--"}, {"-s", "--"}},
        {"tini", "/usr/bin/tini", {"--"}, {"-s", "--"}},
        {"dumb-init", "/usr/bin/dumb-init", {"--"}, {"--"}},
        {"catatonit", "/usr/bin/catatonit", {"--"}, {"--"}},
    };
    for (const init& one : peers) {
        if (::access(one.program.c_str(), X_OK) == 0) {
            made.push_back(one);
        } else {
            into.note(one.name + " is not installed: not compared");
        }
    }
    made.push_back({"no init between", "", {}, {}, kind::none});
    return made;
}

}  // namespace keeper_bench
