#include "lint/dockerfile/copied_file.hpp"

#include <algorithm>

namespace lastcall::lint {
namespace {

constexpr std::size_t candidate_limit = 8;
constexpr int stage_depth_limit = 8;  // of COPY --from of COPY --from ...

/// * within a name, ? one character: as filepath.Match does, without sets.
bool matches(std::string_view pattern, std::string_view name) {
    std::size_t p = 0;
    std::size_t n = 0;
    std::size_t star = std::string_view::npos;
    std::size_t star_name = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            star_name = n;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
            ++p;
            ++n;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            n = ++star_name;
        } else {
            return false;
        }
    }
    return std::all_of(pattern.begin() + static_cast<std::ptrdiff_t>(p), pattern.end(),
                       [](char c) { return c == '*'; });
}

/// Without the / that joined_path() begins with: paths of the context have none.
std::string in_context(std::string_view folder, std::string_view rest) {
    return joined_path(std::string("/") + std::string(folder), rest).substr(1);
}

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

class finder {
public:
    explicit finder(const docker_build& build) : build_(build) {}

    void look(const docker_stage& stage, const std::string& path, int depth) {
        const docker_stage* at = &stage;
        while (at != nullptr) {
            for (auto one = at->copies.rbegin(); one != at->copies.rend(); ++one) {
                if (made_.size() >= candidate_limit || budget_ == 0) {
                    return;
                }
                --budget_;
                holder_ = at;
                if (one->is_known) {
                    look_in(*one, path, depth);
                }
            }
            at = at->base_stage ? &build_.stages[*at->base_stage] : nullptr;
        }
    }

    std::vector<copied_file> made_;

private:
    void look_in(const docker_copy& copy, const std::string& path, int depth) {
        const bool is_itself = path == copy.to;
        const std::string below = copy.to == "/" ? "/" : copy.to + '/';
        if (!is_itself && !path.starts_with(below)) {
            return;
        }
        const auto rest =
            is_itself ? std::string_view() : std::string_view(path).substr(below.size());
        std::size_t number = 0;
        for (const docker_word& source : copy.sources) {
            const auto& text = source.text.text();
            if (text.starts_with("<<")) {
                heredoc(copy, number++, rest, is_itself);
            } else if (source.is_known && text.find("://") == std::string::npos) {
                from_source(copy, text, rest, is_itself, depth);
            }
        }
    }

    void heredoc(const docker_copy& copy, std::size_t number, std::string_view rest,
                 bool is_itself) {
        if (number >= copy.from->heredocs.size()) {
            return;
        }
        const docker_heredoc& found = copy.from->heredocs[number];
        if ((is_itself && !copy.is_folder) || (copy.is_folder && rest == found.name)) {
            made_.push_back({&copy, {}, &found});
        }
    }

    void from_source(const docker_copy& copy, const std::string& source, std::string_view rest,
                     bool is_itself, int depth) {
        if (source.find_first_of("*?[") != std::string::npos) {
            // A pattern: what it fits keeps its name.
            const auto name = rest.substr(0, rest.find('/'));
            const auto slash = source.rfind('/');
            const auto folder = slash == std::string::npos ? "" : source.substr(0, slash);
            if (!is_itself && matches(last_part(source), name)) {
                add(copy, in_context(folder, rest), depth);
            }
            return;
        }
        if (is_itself) {
            if (!copy.is_folder) {
                add(copy, in_context(source, ""), depth);
            }
            return;
        }
        // A file is copied into the folder under its name, a folder with what is in it.
        if (copy.is_folder && last_part(in_context(source, "")) == rest) {
            add(copy, in_context(source, ""), depth);
        }
        add(copy, in_context(source, rest), depth);
    }

    void add(const docker_copy& copy, const std::string& path, int depth) {
        if (copy.stage.empty()) {
            made_.push_back({&copy, path, nullptr});
        } else if (const auto* stage = build_.target(copy.stage);
                   stage != nullptr && stage < holder_ && depth < stage_depth_limit) {
            const auto* holder = holder_;
            look(*stage, "/" + path, depth + 1);
            holder_ = holder;
        }
    }

    const docker_build& build_;
    const docker_stage* holder_ = nullptr;  // of the copy: it copies from earlier stages only
    int budget_ = 4000;                     // copies looked at
};

}  // namespace

std::vector<copied_file> find_copied(const docker_build& build, const docker_stage& stage,
                                     std::string_view path) {
    finder found(build);
    if (path.find('/') != std::string_view::npos) {
        if (path.starts_with('/') || stage.workdir) {
            found.look(stage, joined_path(stage.workdir.value_or("/"), path), 0);
        }
        return std::move(found.made_);
    }
    std::string folders = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    if (const auto set = stage.environment.find("PATH"); set && *set) {
        folders = **set;
    }
    for (std::string_view rest = folders; !rest.empty();) {
        const auto end = std::min(rest.find(':'), rest.size());
        found.look(stage, joined_path(rest.substr(0, end), path), 0);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return std::move(found.made_);
}

}  // namespace lastcall::lint
