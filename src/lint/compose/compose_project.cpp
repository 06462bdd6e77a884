#include "lint/compose/compose_project.hpp"

#include <algorithm>
#include <array>
#include <system_error>

#include "lint/compose/command_words.hpp"
#include "lint/text/read_file.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

constexpr int deepest_extends = 8;
constexpr int deepest_include = 4;
constexpr std::size_t most_files = 32;

/// The files that Compose reads where nobody names any, and what it reads beside them:
/// https://docs.docker.com/compose/how-tos/multiple-compose-files/merge/
constexpr std::array<std::string_view, 4> usual_names{"compose.yaml", "compose.yml",
                                                      "docker-compose.yaml", "docker-compose.yml"};

bool is_usual_name(const std::string& name) {
    return std::find(usual_names.begin(), usual_names.end(), name) != usual_names.end();
}

bool is_override_name(const std::string& name) {
    return name.ends_with(".override.yml") || name.ends_with(".override.yaml");
}

fs::path first_of(const fs::path& folder, const std::vector<std::string>& names) {
    for (const std::string& one : names) {
        std::error_code failed;
        if (fs::is_regular_file(folder / one, failed)) {
            return folder / one;
        }
    }
    return {};
}

/// "docker-compose.yml": its override is docker-compose.override.yml.
fs::path override_of(const fs::path& base) {
    const auto stem = base.stem().string();
    return first_of(base.parent_path(), {stem + ".override.yml", stem + ".override.yaml"});
}

fs::path base_of(const fs::path& override_file) {
    const auto stem = override_file.stem().stem().string();
    return first_of(override_file.parent_path(), {stem + ".yaml", stem + ".yml"});
}

fs::path any_base(const fs::path& folder) {
    return first_of(folder, {usual_names.begin(), usual_names.end()});
}

bool is_taken_back(const yaml_ref& value) {
    return value.node() != nullptr && value.node()->tag == "!reset";
}

yaml_ref services_of(const compose_file& file) {
    return file.yaml.documents.empty()
               ? yaml_ref()
               : yaml_ref(file.yaml, file.yaml.documents.front()).get("services");
}

}  // namespace

compose_value compose_service::get(std::string_view key) const {
    for (auto one = layers.rbegin(); one != layers.rend(); ++one) {
        if (const auto value = one->ref.get(key)) {
            return is_taken_back(value) ? compose_value() : compose_value{value, one->in};
        }
    }
    return {};
}

std::vector<compose_value> compose_service::all(std::string_view key) const {
    std::vector<compose_value> made;
    for (const compose_value& one : layers) {
        if (const auto value = one.ref.get(key)) {
            made.push_back({value, one.in});
        }
    }
    return made;
}

bool compose_service::is_absent(std::string_view key) const {
    return is_whole && std::all_of(layers.begin(), layers.end(), [&](const compose_value& one) {
               return one.ref.is_map() && !one.ref.may_have_more() && !one.ref.get(key);
           });
}

place compose_service::name_in(const compose_file& file) const {
    const auto key = services_of(file).key(name);
    return key ? key.used_at() : place{};
}

std::vector<compose_service::entry> compose_service::entries(std::string_view key) const {
    std::vector<entry> made;
    for (const compose_value& one : all(key)) {
        for (const auto& [each_key, value] : one.ref.entries()) {
            if (each_key.text()) {
                made.push_back({std::string(*each_key.text()), {value, one.in}, 0});
            }
        }
        for (const yaml_ref& item : one.ref.items()) {
            if (const auto text = item.text()) {
                const auto equals = text->find('=');
                made.push_back({std::string(text->substr(0, equals)),
                                {item, one.in},
                                equals == std::string_view::npos ? text->size() : equals + 1});
            }
        }
    }
    return made;
}

compose_project::compose_project(const fs::path& path, std::string_view text)
    : folder_(path.parent_path()) {
    auto& own = files_.emplace_back(compose_file{path.string(), std::string(text), {}});
    own.yaml = read_yaml(own.text);
    if (const auto set = read_file(folder_ / ".env"); set.text) {
        environment_ = names_of_environment(*set.text);
    }
    const auto name = path.filename().string();
    if (is_override_name(name)) {
        const auto base = base_of(path);
        if (const auto* read = base.empty() ? nullptr : load(base)) {
            add_services(*read, true);
        }
        add_services(own, !base.empty());
    } else if (is_usual_name(name)) {
        add_services(own, true);
        const auto other = override_of(path);
        if (const auto* read = other.empty() ? nullptr : load(other)) {
            add_services(*read, true);
        }
    } else {
        // docker-compose.prod.yml may be for itself, or be added to the one beside it.
        const auto base = any_base(folder_);
        if (const auto* read = base.empty() ? nullptr : load(base)) {
            const auto shared = services_of(*read);
            for (const auto& [key, value] : services_of(own).entries()) {
                if (key.text() && shared.get(*key.text())) {
                    compose_service& made = services_.emplace_back();
                    made.name = *key.text();
                    made.layers.push_back({shared.get(*key.text()), read});
                    made.is_whole = false;
                }
            }
        }
        add_services(own, true);
    }
    add_included(own, 0);
}

/// https://docs.docker.com/reference/compose-file/include/
void compose_project::add_included(const compose_file& file, int depth) {
    const auto list = file.yaml.documents.empty()
                          ? yaml_ref()
                          : yaml_ref(file.yaml, file.yaml.documents.front()).get("include");
    for (const yaml_ref& one : list.items()) {
        const auto path = one.is_map() ? one.get("path") : one;
        const auto all = path.is_sequence() ? path.items() : std::vector<yaml_ref>{path};
        for (const yaml_ref& each : all) {
            const auto name = text({each, &file});
            const auto count = files_.size();
            const auto* read = name && depth < deepest_include && count < most_files
                                   ? load(fs::path(file.path).parent_path() / name->text())
                                   : nullptr;
            if (read != nullptr && files_.size() > count) {
                add_services_of_included(*read);
                add_included(*read, depth + 1);
            }
        }
    }
}

void compose_project::add_services_of_included(const compose_file& file) {
    for (const auto& [key, value] : services_of(file).entries()) {
        if (key.text() && value.is_map() && find(*key.text()) == nullptr) {
            compose_service& made = services_.emplace_back();
            made.name = *key.text();
            made.is_included = true;
            made.layers.push_back({value, &file});
        }
    }
}

const compose_file* compose_project::load(const fs::path& path) {
    for (const compose_file& one : files_) {
        if (one.path == path.native()) {
            return &one;
        }
    }
    auto read = read_file(path);
    if (!read.text) {
        return nullptr;
    }
    auto& made = files_.emplace_back(compose_file{path.string(), std::move(*read.text), {}});
    made.yaml = read_yaml(made.text);
    return &made;
}

void compose_project::add_services(const compose_file& file, bool is_whole) {
    for (const auto& [key, value] : services_of(file).entries()) {
        if (!key.text() || !value.is_map()) {
            continue;
        }
        const auto name = *key.text();
        auto found = std::find_if(services_.begin(), services_.end(),
                                  [&](const compose_service& one) { return one.name == name; });
        if (found == services_.end()) {
            compose_service made;
            made.name = name;
            made.is_whole = is_whole;
            services_.push_back(std::move(made));
            found = services_.end() - 1;
        }
        bool is_known = true;
        const compose_value own{value, &file};
        add_extended(own, *found, is_known, 0);
        found->is_whole = found->is_whole && is_known;
        found->layers.push_back(own);
    }
}

void compose_project::add_extended(const compose_value& service, compose_service& into,
                                   bool& is_known, int depth) {
    const auto extends = service.ref.get("extends");
    if (!extends) {
        return;
    }
    const auto name = extends.is_scalar() ? extends.text() : extends.get("service").text();
    const auto from = extends.get("file");
    const compose_file* in = service.in;
    if (from) {
        const auto text = this->text({from, service.in});
        in = text ? load(fs::path(service.in->path).parent_path() / text->text()) : nullptr;
    }
    const auto base = in != nullptr && name ? services_of(*in).get(*name) : yaml_ref();
    if (!base || depth >= deepest_extends) {
        is_known = false;
        return;
    }
    add_extended({base, in}, into, is_known, depth + 1);
    into.layers.push_back({base, in});
}

const compose_service* compose_project::find(std::string_view name) const {
    const auto found = std::find_if(services_.begin(), services_.end(),
                                    [&](const compose_service& one) { return one.name == name; });
    return found == services_.end() ? nullptr : &*found;
}

std::optional<mapped_text> compose_project::text(const compose_value& value) const {
    if (!value.ref.text()) {
        return std::nullopt;
    }
    auto made = interpolate(value.ref.source(), environment_);
    return made.is_known ? std::optional(std::move(made.text)) : std::nullopt;
}

std::optional<mapped_text> compose_project::open_text(const compose_value& value) const {
    return value.ref.text() ? std::optional(interpolate(value.ref.source(), environment_).text)
                            : std::nullopt;
}

std::optional<std::vector<compose_word>> compose_project::words(const compose_value& value) const {
    std::vector<compose_word> made;
    if (value.ref.text()) {
        const auto whole = interpolate(value.ref.source(), environment_);
        const auto split = split_command(whole.text);
        for (const mapped_text& one : split.value_or(std::vector<mapped_text>())) {
            // Of several variables nobody can tell here which one is left in which word.
            made.push_back({one, whole.is_known || one.text().find('$') == std::string::npos});
        }
        return split ? std::optional(std::move(made)) : std::nullopt;
    }
    if (!value.ref.is_sequence() || value.ref.may_have_more()) {
        return std::nullopt;
    }
    for (const yaml_ref& one : value.ref.items()) {
        if (!one.text()) {
            return std::nullopt;
        }
        auto word = interpolate(one.source(), environment_);
        made.push_back({std::move(word.text), word.is_known});
    }
    return made;
}

std::set<std::string, std::less<>> compose_project::dependencies(const compose_service& of) const {
    std::set<std::string, std::less<>> made;
    for (const auto& one : of.entries("depends_on")) {
        made.insert(one.name);
    }
    for (const std::string_view key : {"links", "volumes_from"}) {
        for (const auto& one : of.entries(key)) {
            made.insert(one.name.substr(0, one.name.find(':')));
        }
    }
    for (const std::string_view key : {"network_mode", "ipc", "pid"}) {
        const auto mode = of.get(key).ref.text();
        if (mode && mode->starts_with("service:")) {
            made.emplace(mode->substr(8));
        }
    }
    return made;
}

bool compose_project::depends(std::string_view one, std::string_view other) const {
    std::vector<std::string> left{std::string(one)};
    std::set<std::string, std::less<>> seen;
    while (!left.empty()) {
        const auto* service = find(left.back());
        left.pop_back();
        if (service == nullptr) {
            continue;
        }
        for (const std::string& each : dependencies(*service)) {
            if (each == other) {
                return true;
            }
            if (seen.insert(each).second) {
                left.push_back(each);
            }
        }
    }
    return false;
}

}  // namespace lastcall::lint
