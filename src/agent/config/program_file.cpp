#include "agent/config/program_file.hpp"

#include <algorithm>
#include <filesystem>

namespace lastcall::agent {
namespace {

program_found judge_file(const std::string& file, const surroundings& here) {
    switch (here.kind(file)) {
        case path_kind::none:
            return {{}, "does not exist (" + file + ")", "build it, or correct the path"};
        case path_kind::directory:
            return {{}, "is a directory", "write the program inside it"};
        case path_kind::file:
            break;
        default:
            return {{}, "is no regular file", "write the path of a program"};
    }
    if (!here.may_run(file)) {
        return {{}, "may not be executed", "chmod +x " + file};
    }
    return {file, {}, {}};
}

}  // namespace

std::string absolute(const std::string& path, const std::string& base) {
    const auto whole = std::filesystem::path(base) / path;
    auto made = whole.lexically_normal().string();
    if (made.size() > 1 && made.ends_with('/')) {
        made.pop_back();
    }
    return made;
}

program_found find_program_file(const std::string& word, const std::string& directory,
                                const std::string& path, const surroundings& here) {
    if (word.find('/') != std::string::npos) {
        return judge_file(absolute(word, directory), here);
    }
    const auto folders = path.empty() ? here.path_variable() : path;
    program_found best{{}, "is not in PATH (" + folders + ")", "install it, or write its path"};
    for (std::size_t at = 0; at <= folders.size();) {
        const auto end = std::min(folders.find(':', at), folders.size());
        const auto folder = folders.substr(at, end - at);
        const auto file = absolute(word, folder.empty() ? directory : absolute(folder, directory));
        if (here.kind(file) == path_kind::file) {
            auto found = judge_file(file, here);
            if (!found.file.empty()) {
                return found;
            }
            best = std::move(found);
        }
        at = end + 1;
    }
    if (const auto beside = absolute(word, directory); here.kind(beside) == path_kind::file) {
        best.fix = "for the one in " + directory + " write ./" + word;
    }
    return best;
}

}  // namespace lastcall::agent
