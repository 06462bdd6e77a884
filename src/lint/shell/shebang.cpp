#include "lint/shell/shebang.hpp"

#include <algorithm>

namespace lastcall::lint::shell {
namespace {

std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    for (std::size_t at = 0; (at = line.find_first_not_of(" \t\r", at)) != line.npos;) {
        const auto end = std::min(line.find_first_of(" \t\r", at), line.size());
        words.push_back(line.substr(at, end - at));
        at = end;
    }
    return words;
}

std::string_view last_component(std::string_view path) {
    return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

}  // namespace

bool bang::sets(char option) const {
    return std::any_of(flags.begin(), flags.end(), [&](std::string_view flag) {
        return flag.size() > 1 && flag[0] == '-' && flag[1] != '-' &&
               flag.find(option, 1) != flag.npos;
    });
}

dialect dialect_of(std::string_view program) {
    if (program == "sh" || program == "dash" || program == "ash" || program == "busybox") {
        return dialect::posix;
    }
    if (program == "bash" || program == "rbash") {
        return dialect::bash;
    }
    if (program == "ksh" || program == "mksh" || program == "ksh93" || program == "oksh") {
        return dialect::ksh;
    }
    return program == "zsh" ? dialect::zsh : dialect::other;
}

bang read_shebang(std::string_view text) {
    bang found;
    if (!text.starts_with("#!")) {
        return found;
    }
    // The kernel reads 256 bytes of it.
    const auto line = text.substr(0, std::min({text.find('\n'), text.size(), std::size_t{4096}}));
    found.where = {0, static_cast<std::uint32_t>(line.size())};
    auto words = words_of(line.substr(2));
    auto next = words.begin();
    if (next != words.end() && last_component(*next) == "env") {
        ++next;
        while (next != words.end() && (next->starts_with('-') || next->find('=') != next->npos)) {
            ++next;
        }
    }
    if (next == words.end()) {
        found.shell = dialect::other;
        return found;
    }
    found.program = last_component(*next++);
    if (found.program == "busybox" && next != words.end()) {
        found.program = *next++;
    }
    found.shell = dialect_of(found.program);
    found.flags.assign(next, words.end());
    return found;
}

}  // namespace lastcall::lint::shell
