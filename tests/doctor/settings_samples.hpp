// Programs with files, variables and command lines that there are not.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "doctor/samples.hpp"
#include "doctor/settings/surroundings.hpp"

namespace lastcall::doctor_test {

using text_files = std::map<std::string, std::string>;

/// In /srv, with these files and variables.
inline doctor::surroundings around(const text_files& files,
                                   std::vector<std::string> environment = {}) {
    doctor::surroundings made;
    made.folder = "/srv";
    made.environment = std::move(environment);
    made.read = [files](const std::string& path) {
        const auto found = files.find(path);
        return found == files.end() ? std::nullopt : std::optional(found->second);
    };
    made.names = [files](const std::string& folder) {
        std::vector<std::string> names;
        for (const auto& [path, text] : files) {
            if (path.starts_with(folder + "/")) {
                names.push_back(path.substr(folder.size() + 1));
            }
        }
        return names;
    };
    return made;
}

/// Started with these words, which are split at blanks; a title is one word.
inline doctor::seen_process program(const std::vector<std::string>& words, int pid = 50) {
    auto made = server(pid);
    made.arguments = words;
    made.command.clear();
    for (const auto& word : words) {
        made.command += (made.command.empty() ? "" : " ") + word;
    }
    const auto first = words.front().substr(0, words.front().find_first_of(" :"));
    made.program = made.name = first.substr(first.rfind('/') + 1);
    return made;
}

}  // namespace lastcall::doctor_test
