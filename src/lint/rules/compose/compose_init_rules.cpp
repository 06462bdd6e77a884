// A runtime that does nothing on SIGTERM as process 1 of a container: C04.
#include <system_error>

#include "lint/rules/compose/compose_case.hpp"
#include "lint/rules/dockerfile/runtime_start.hpp"
#include "lint/text/read_file.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

/// A folder of the project that the container sees.
struct mounted_folder {
    fs::path from;
    std::string to;  ///< from /, without a slash at its end
};

std::string without_end(std::string path) {
    while (path.size() > 1 && path.ends_with('/')) {
        path.pop_back();
    }
    return path;
}

/// "./src:/app:ro", or a mapping that says the same. Named volumes and paths of the host are left
/// out: what is in them is not in the tree.
std::vector<mounted_folder> mounts_of(const compose_case& given) {
    std::vector<mounted_folder> made;
    for (const compose_value& list : given.of().all("volumes")) {
        for (const yaml_ref& one : list.ref.items()) {
            std::optional<mapped_text> from;
            std::string to;
            if (one.is_map()) {
                const auto target = given.project().text({one.get("target"), list.in});
                from = given.project().text({one.get("source"), list.in});
                to = target ? target->text() : "";
            } else if ((from = given.project().text({one, list.in}))) {
                const auto& text = from->text();
                const auto colon = text.find(':');
                to = colon == std::string::npos
                         ? ""
                         : text.substr(colon + 1, text.find(':', colon + 1) - colon - 1);
                from = from->part(0, colon);
            }
            if (from && from->text().starts_with('.') && to.starts_with('/')) {
                made.push_back({given.project().folder() / from->text(), without_end(to)});
            }
        }
    }
    return made;
}

/// Unset: not known.
std::optional<std::string> folder_in_container(const compose_case& given) {
    const auto said = given.of().get("working_dir");
    if (said) {
        const auto text = given.project().text(said);
        return text ? std::optional(text->text()) : std::nullopt;
    }
    if (!given.of().is_absent("working_dir")) {
        return std::nullopt;
    }
    if (given.build() != nullptr) {
        return given.build()->given().stage()->workdir;
    }
    return given.known() != nullptr && !given.known()->workdir.empty()
               ? std::optional(std::string(given.known()->workdir))
               : std::nullopt;
}

std::optional<source_file> find_source(const compose_case& given, const std::string& path) {
    const auto folder = folder_in_container(given);
    if (!folder) {
        return std::nullopt;
    }
    const auto whole = joined_path(*folder, path);
    for (const mounted_folder& one : mounts_of(given)) {
        if (!whole.starts_with(one.to + "/")) {
            continue;
        }
        const auto at = (one.from / whole.substr(one.to.size() + 1)).lexically_normal();
        std::error_code failed;
        auto read = fs::is_regular_file(at, failed) ? read_file(at) : read_bytes{};
        return read.text ? std::optional<source_file>({at.string(), at, std::move(*read.text)})
                         : std::nullopt;
    }
    auto found = given.build() != nullptr ? given.build()->given().find_file(whole) : std::nullopt;
    return found ? std::optional<source_file>({found->name, found->path, std::move(found->text)})
                 : std::nullopt;
}

/// `init: true` as the first key of the service.
void put_init(finding& made, const compose_case& given) {
    const auto& own = given.of().layers.back();
    const auto entries = own.ref.entries();
    if (own.in != &given.project().judged() || entries.empty() || given.of().get("init")) {
        return;
    }
    const auto first = entries.front().first.used_at();
    const auto name = given.of().name_in(*own.in);
    if (first.line <= name.line || first.column < 2) {
        return;  // in braces, or behind an anchor
    }
    place begin = first;
    begin.size = 0;
    made.edits.push_back({begin, "init: true\n" + std::string(first.column - 1, ' ')});
}

}  // namespace

void check_compose_init(const compose_case& given) {
    if (!given.has_no_init() || given.of().get("pid")) {
        return;
    }
    const auto start = runtime_as_init(
        given.chain(), [&](const std::string& path) { return find_source(given, path); });
    if (!start || start->how != handling::none) {
        return;
    }
    auto* made = given.add_at_name(
        "C04", "\"" + start->runtime + "\" is process 1 of the container, and nothing in " +
                   start->looked_at + " or beside it takes SIGTERM: the kernel drops it");
    if (made != nullptr) {
        put_init(*made, given);
    }
}

}  // namespace lastcall::lint
