#include "lint/rules/kubernetes/generated_maps.hpp"

#include "lint/chain/neighbours.hpp"
#include "lint/conf/conf_kind.hpp"
#include "lint/rules/kubernetes/config_map_files.hpp"
#include "lint/text/read_file.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

/// More of them are nothing that somebody wrote.
constexpr std::size_t most_generated = 200;

/// "nginx.conf=conf/site.conf", or a path, of which the last part is the key.
std::pair<std::string, fs::path> key_and_path(std::string_view text) {
    const auto equals = text.find('=');
    if (equals != text.npos) {
        return {std::string(text.substr(0, equals)), text.substr(equals + 1)};
    }
    const fs::path path = text;
    return {path.filename().string(), path};
}

void digest_file(std::string_view name, std::string_view text, const family_input& input) {
    const auto [key, path] = key_and_path(text);
    if (conf_kind_of(key) == conf_kind::none || key.find('/') != key.npos) {
        return;
    }
    const auto file = input.path.parent_path() / path.lexically_normal();
    const auto read = read_file(file);
    if (!read.text || read.text->find('\0') != std::string::npos) {
        return;
    }
    // It is judged as what its key says, in the folder that it lies in.
    const auto mounted = file.parent_path() / key;
    file_report scratch(file.string(), *read.text);
    digest_store found;
    judge_configuration({mounted, *read.text, input.today, found}, scratch);
    found.accept(0, scratch.accepted());
    for (budget_digest one : found.all()) {
        if (one.kind == digest_kind::configuration || one.kind == digest_kind::front) {
            one.path = config_map_path(folder_of(whole_path(input.path)), name, key);
            input.digests.add(std::move(one));
        }
    }
}

void digest_literal(std::string_view name, const yaml_ref& literal, const family_input& input,
                    const file_report& report) {
    const auto text = *literal.text();
    const auto equals = text.find('=');
    if (equals != text.npos) {
        digest_map_variable(name, text.substr(0, equals), text.substr(equals + 1),
                            keep_place(report.file(), report.text(), literal.used_at()),
                            input.digests);
    }
}

}  // namespace

void digest_generated_maps(const yaml_file& kustomization, const family_input& input,
                           const file_report& report) {
    std::size_t count = 0;
    for (const yaml_ref& root : roots(kustomization)) {
        for (const yaml_ref& one : root.get("configMapGenerator").items()) {
            const auto name = one.get("name").text();
            if (!name) {
                continue;
            }
            for (const yaml_ref& file : one.get("files").items()) {
                if (file.text() && ++count <= most_generated) {
                    digest_file(*name, *file.text(), input);
                }
            }
            for (const yaml_ref& literal : one.get("literals").items()) {
                if (literal.text() && ++count <= most_generated) {
                    digest_literal(*name, literal, input, report);
                }
            }
        }
    }
}

}  // namespace lastcall::lint
