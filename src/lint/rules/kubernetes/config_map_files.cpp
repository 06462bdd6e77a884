#include "lint/rules/kubernetes/config_map_files.hpp"

#include <algorithm>
#include <array>

#include "lint/chain/neighbours.hpp"
#include "lint/conf/conf_kind.hpp"
#include "lint/dockerfile/docker_image.hpp"
#include "lint/launch/stop_time.hpp"

namespace lastcall::lint {
namespace {

/// A file in a ConfigMap, and where each of its bytes stands in the manifest.
class inner_file {
public:
    inner_file(const yaml_ref& value, const file_report& outer, const line_index& lines)
        : source_(value.source()),
          lines_(lines),
          outer_(outer),
          is_block_(outer.text().substr(value.where().offset).starts_with('|')) {}

    [[nodiscard]] const std::string& text() const noexcept { return source_.text(); }

    [[nodiscard]] place outside(place at) const {
        return source_.place_of(std::min(at.offset, source_.size()), at.size, lines_);
    }

    [[nodiscard]] kept_place outside(const kept_place& at) const {
        return at.file == outer_.file() ? keep_place(outer_.file(), outer_.text(), outside(at.at))
                                        : at;
    }

    /// Of a text in quotes, or over several lines, other bytes would have to be put there.
    [[nodiscard]] finding outside(finding one) const {
        one.at = outside(one.at);
        for (further_place& each : one.further) {
            each.at = each.file == outer_.file() ? outside(each.at) : each.at;
        }
        const bool is_plain = std::all_of(one.edits.begin(), one.edits.end(),
                                          [&](const edit& each) { return is_same(each); });
        if (!is_plain) {
            one.edits.clear();
        }
        for (edit& each : one.edits) {
            each.at = outside(each.at);
        }
        return one;
    }

private:
    /// The bytes that it takes the place of stand like that in the manifest, on one line.
    [[nodiscard]] bool is_same(const edit& one) const {
        const auto at = outside(one.at);
        return is_block_ && one.at.size > 0 && one.text.find('\n') == std::string::npos &&
               outer_.text().substr(at.offset, at.size) ==
                   std::string_view(text()).substr(one.at.offset, one.at.size);
    }

    mapped_text source_;
    const line_index& lines_;
    const file_report& outer_;
    bool is_block_;
};

/// A budget that an environment variable holds, as text or as options.
struct budget_variable {
    std::string_view name;
    std::string_view program;
    std::string_view option;  ///< before the value; empty: the value is all of it
};

constexpr std::array budget_variables{
    budget_variable{spring_variable, "java", {}},
    budget_variable{"UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN", "uvicorn", {}},
    budget_variable{"GUNICORN_CMD_ARGS", "gunicorn", "--graceful-timeout"},
};

/// The value behind the option: "=5", " 5". Empty: it is not there.
std::string_view value_in(std::string_view text, std::string_view option) {
    const auto at = text.find(option);
    if (option.empty() || at == text.npos) {
        return option.empty() ? text : std::string_view();
    }
    text.remove_prefix(std::min(at + option.size() + 1, text.size()));
    return text.substr(0, text.find(' '));
}

class map_judge {
public:
    map_judge(const family_input& input, file_report& into)
        : input_(input),
          into_(into),
          lines_(into.text()),
          folder_(folder_of(whole_path(into.file()))) {}

    void judge(const yaml_ref& config_map) {
        const auto name = config_map.path("metadata.name").text();
        const auto data = config_map.get("data");
        for (const auto& [key, value] : data.entries()) {
            if (!key.text() || !value.text()) {
                continue;
            }
            const std::string file(*key.text());
            if (conf_kind_of(file) != conf_kind::none && is_judged(data, file)) {
                judge_file(name.value_or(""), file, value);
            } else if (name) {
                digest_map_variable(*name, file, *value.text(),
                                    keep_place(into_.file(), into_.text(), value.used_at()),
                                    input_.digests);
            }
        }
    }

private:
    /// HAProxy reads all files of its folder.
    static bool is_judged(const yaml_ref& data, const std::string& file) {
        const auto all = data.entries();
        return !file.ends_with(".cfg") ||
               std::count_if(all.begin(), all.end(), [](const auto& one) {
                   return one.first.text() && one.first.text()->ends_with(".cfg");
               }) == 1;
    }

    void judge_file(std::string_view name, const std::string& key, const yaml_ref& value) {
        if (key.find('/') != std::string::npos) {
            return;
        }
        const inner_file inner(value, into_, lines_);
        file_report scratch(into_.file(), inner.text());
        digest_store found;
        const auto path = input_.path.parent_path() / key;
        judge_configuration({path, inner.text(), input_.today, found}, scratch);
        for (const budget_digest& one : found.all()) {
            take(one, inner, config_map_path(folder_, name, key));
        }
        for (finding& one : std::move(scratch).finish()) {
            // The image may be stopped by another signal, which nobody here knows.
            one.sure = one.broken->id == "X03" ? confidence::hint : one.sure;
            into_.add(inner.outside(std::move(one)));
        }
    }

    void take(budget_digest one, const inner_file& inner, std::string path) {
        if (one.kind != digest_kind::configuration && one.kind != digest_kind::front) {
            return;
        }
        one.path = std::move(path);
        one.where = inner.outside(one.where);
        for (auto* term : {&one.drain, &one.idle}) {
            if (*term) {
                (*term)->where = inner.outside((*term)->where);
            }
        }
        input_.digests.add(std::move(one));
    }

    const family_input& input_;
    file_report& into_;
    line_index lines_;
    std::string folder_;
};

/// What of a ConfigMap's volume lies where.
void add_mount(const yaml_ref& volume, const yaml_ref& mount, std::string_view folder,
               std::vector<copied_path>& into) {
    const auto name = volume.path("configMap.name").text();
    const auto path = mount.get("mountPath").text();
    if (!name || !path) {
        return;
    }
    const auto to = joined_path(*path, {});
    const auto sub = mount.get("subPath");
    const auto items = volume.path("configMap.items");
    if (sub) {
        if (sub.text() && !items) {
            into.push_back({config_map_path(folder, *name, *sub.text()), to});
        }
        return;
    }
    if (!items) {
        into.push_back({config_map_path(folder, *name), to});
    }
    for (const yaml_ref& one : items.items()) {
        const auto key = one.get("key").text();
        const auto item = one.get("path").text();
        if (key && item) {
            into.push_back({config_map_path(folder, *name, *key), joined_path(to, *item)});
        }
    }
}

}  // namespace

void judge_config_maps(const manifest& all, const family_input& input, file_report& into) {
    if (all.config_maps.empty()) {
        return;
    }
    map_judge judge(input, into);
    for (const yaml_ref& one : all.config_maps) {
        judge.judge(one);
    }
}

void digest_map_variable(std::string_view name, std::string_view key, std::string_view value,
                         const kept_place& where, digest_store& into) {
    const auto* of = std::find_if(budget_variables.begin(), budget_variables.end(),
                                  [&](const budget_variable& one) { return one.name == key; });
    // Without a unit Spring takes it for milliseconds.
    const bool is_bare_spring = key == spring_variable && !value.ends_with('s');
    if (of == budget_variables.end() || is_bare_spring) {
        return;
    }
    const auto limit = shell::duration_of(value_in(value, of->option));
    if (!limit || *limit == std::chrono::milliseconds::max()) {
        return;
    }
    budget_digest made;
    made.kind = digest_kind::configuration;
    made.name = where.file;
    made.program = of->program;
    made.path = variable_path(folder_of(whole_path(where.file)), name, key);
    made.where = where;
    made.drain = budget_term{*limit, std::string(key), where};
    into.add(std::move(made));
}

std::vector<copied_path> mounts_of(const yaml_ref& pod, const yaml_ref& container,
                                   std::string_view folder) {
    constexpr std::size_t most = 64;
    std::vector<copied_path> made;
    const auto volumes = pod.get("volumes").items();
    for (const yaml_ref& mount : container.get("volumeMounts").items()) {
        const auto name = mount.get("name").text();
        const auto volume = std::find_if(volumes.begin(), volumes.end(), [&](const yaml_ref& one) {
            return name && one.get("name").text() == name;
        });
        if (volume != volumes.end() && made.size() < most) {
            add_mount(*volume, mount, folder, made);
        }
    }
    for (const yaml_ref& one : container.get("envFrom").items()) {
        const auto name = one.path("configMapRef.name").text();
        if (name && is_absent(one, "prefix") && made.size() < most) {
            made.push_back({variable_path(folder, *name), {}});
        }
    }
    for (const yaml_ref& one : container.get("env").items()) {
        const auto from = one.path("valueFrom.configMapKeyRef");
        const auto name = from.get("name").text();
        const auto key = from.get("key").text();
        if (name && key && one.get("name").text() == key && made.size() < most) {
            made.push_back({variable_path(folder, *name, *key), {}});
        }
    }
    return made;
}

}  // namespace lastcall::lint
