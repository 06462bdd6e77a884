#include "doctor/look/script_line.hpp"

#include <fstream>
#include <iterator>
#include <string>

#include "lint/launch/loaded_script.hpp"
#include "lint/shell/waited_for.hpp"
#include "lint/text/line_index.hpp"
#include "sys/process/descriptor_list.hpp"
#include "sys/process/proc_reader.hpp"

namespace lastcall::doctor {
namespace {

constexpr std::size_t largest_script = 1U << 20U;
constexpr std::size_t longest_line = 160;
constexpr int of_bash = 255;

struct script_text {
    std::string file;
    std::string text;
    std::optional<std::uint64_t> read;  ///< how far bash has come
};

std::optional<std::string> contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return std::nullopt;
    }
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    return text.size() > largest_script ? std::nullopt : std::optional(std::move(text));
}

std::string link_of(const std::string& path) {
    sys::proc_path link(path);
    std::array<char, 1024> room;
    return std::string(sys::read_link(link, room).value_or(""));
}

/// The word behind the shell's options: the path of its script, or with -c the script itself.
struct script_word {
    std::string text;
    bool is_script = false;
};

script_word script_in(const std::vector<std::string>& arguments) {
    script_word made;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const auto& word = arguments[i];
        if (word == "-o" || word == "+o" || word == "-O" || word == "--rcfile" ||
            word == "--init-file") {
            ++i;
        } else if (word.starts_with("--")) {
            continue;
        } else if (word.starts_with('-') || word.starts_with('+')) {
            if (word.find('s') != std::string::npos) {
                return {};
            }
            made.is_script = made.is_script || word.find('c') != std::string::npos;
        } else {
            made.text = word;
            break;
        }
    }
    return made;
}

std::optional<script_text> script_of_shell(int shell, const std::vector<std::string>& arguments) {
    const std::string base = "/proc/" + std::to_string(shell);
    const auto [named, is_script] = script_in(arguments);
    if (is_script) {
        return script_text{arguments.front() + " -c", named, {}};
    }
    const std::string own = base + "/fd/" + std::to_string(of_bash);
    // An interactive bash has its terminal there.
    if (const auto target = link_of(own); target.starts_with('/') && !target.starts_with("/dev/")) {
        if (auto text = contents(own)) {
            const auto pos = sys::descriptor_field(shell, of_bash, "pos:");
            return script_text{named.empty() ? target : named, std::move(*text),
                               sys::parse_number(pos)};
        }
    }
    if (named.empty()) {
        return std::nullopt;
    }
    auto text = contents(named.starts_with('/') ? base + "/root" + named : base + "/cwd/" + named);
    return text ? std::optional(script_text{named, std::move(*text), {}}) : std::nullopt;
}

bool begins_with_wait(const std::string& text) {
    return text.starts_with("wait") &&
           (text.size() == 4 || text[4] == ' ' || text[4] == ';' || text[4] == '\t');
}

/// The last character of the command that ends at `end`, without the line end behind it.
std::size_t last_of_command(const std::string& text, std::uint64_t end) {
    auto at = std::min<std::size_t>(end, text.size());
    while (at > 0 && (text[at - 1] == '\n' || text[at - 1] == ' ' || text[at - 1] == '\t')) {
        --at;
    }
    return at == 0 ? 0 : at - 1;
}

}  // namespace

std::string line_text(const std::string& text, const lint::line_index& lines, std::uint32_t line) {
    const auto begin = lines.begin_of(line);
    auto found = text.substr(begin, std::min(text.find('\n', begin), text.size()) - begin);
    found.erase(0, std::min(found.find_first_not_of(" \t"), found.size()));
    sys::short_text<longest_line> printable;
    printable.append_escaped(found);
    return std::string(printable.view());
}

std::optional<script_place> place_in_script(int shell, const std::vector<std::string>& arguments,
                                            const std::vector<std::string>& child) {
    const auto script = script_of_shell(shell, arguments);
    if (!script || script->text.empty()) {
        return std::nullopt;
    }
    const lint::line_index lines(script->text);
    const lint::loaded_script loaded(script->file, script->text);
    script_place made;
    made.shell = shell;
    made.file = script->file;
    const auto found = lint::shell::find_waited_for(loaded.run(), child, script->read);
    if (script->read && *script->read > 0 && *script->read <= script->text.size()) {
        // Of a compound command bash has read all: the command inside of it is nearer.
        const auto last = last_of_command(script->text, *script->read);
        made.line = lines.at(last).line;
        made.is_certain = true;
        const auto text = line_text(script->text, lines, made.line);
        if (begins_with_wait(text) || !found) {
            made.is_wait = begins_with_wait(text);
            made.is_background = found && found->what->around.is_background;
            made.text = text;
            return made;
        }
    }
    if (!found) {
        return std::nullopt;
    }
    made.line = lines.at(found->what->where.begin).line;
    made.is_certain = found->is_certain;
    made.is_background = found->what->around.is_background;
    made.text = line_text(script->text, lines, made.line);
    return made;
}

}  // namespace lastcall::doctor
