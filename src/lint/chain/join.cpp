#include "lint/chain/join.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "lint/chain/digest_store.hpp"
#include "lint/chain/front_index.hpp"
#include "lint/chain/neighbours.hpp"

namespace lastcall::lint {
namespace {

std::string_view last_of_path(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// What an image may be called by: its folder's name; of Dockerfile.web also "web".
std::vector<std::string_view> names_of(const budget_digest& image) {
    std::vector<std::string_view> made{last_of_path(image.folder)};
    const auto file = last_of_path(image.path);
    constexpr std::string_view stem = "Dockerfile.";
    if (file.starts_with(stem) && file.substr(stem.size()) != made.front()) {
        made.push_back(file.substr(stem.size()));
    }
    return made;
}

/// Where a program looks for its configuration when nobody tells it where: how that path begins.
/// Empty: in the folder that it runs in, or in what it is built with.
struct usual_path {
    std::string_view program;
    std::string_view begin;
};

constexpr std::array usual_paths{
    usual_path{"nginx", "/etc/nginx/nginx.conf"},
    usual_path{"haproxy", "/usr/local/etc/haproxy/haproxy.cfg"},
    usual_path{"php-fpm", "/usr/local/etc/php-fpm"},
    usual_path{"caddy", "/etc/caddy/Caddyfile"},
    usual_path{"supervisord", "/etc/supervisor"},
};

/// Whether the image, or the container of a pod, has the file, at a place where its program reads
/// it.
bool reads(const budget_digest& image, const budget_digest& configuration) {
    const auto& file = configuration.path;
    const auto name = last_of_path(file);
    const bool is_named = image.arguments.find(name) != std::string::npos;
    const auto* usual =
        std::find_if(usual_paths.begin(), usual_paths.end(),
                     [&](const usual_path& one) { return one.program == configuration.program; });
    const bool is_found_by_itself =
        configuration.program != "gunicorn" || name == "gunicorn.conf.py";
    return std::any_of(image.copies.begin(), image.copies.end(), [&](const copied_path& one) {
        if (!file.starts_with(one.from) ||
            (file.size() > one.from.size() && file[one.from.size()] != '/')) {
            return false;
        }
        const auto in_image = one.to + file.substr(one.from.size());
        return is_named || is_variable_path(file) ||
               (usual == usual_paths.end() ? is_found_by_itself
                                           : in_image.starts_with(usual->begin));
    });
}

class joiner {
public:
    explicit joiner(std::span<const budget_digest> all) : all_(all), projects_(all), fronts_(all) {}

    std::vector<joined_budget> join() {
        for (const budget_digest& one : all_) {
            index(one);
        }
        for (const budget_digest& one : all_) {
            if (one.sets_grace) {
                graced_.insert(one.name);
            }
            if (one.kind == digest_kind::command && one.wait && !one.container.empty()) {
                stopped_[&one] = image_of_stop(one);
            }
        }
        std::vector<joined_budget> made;
        std::set<const budget_digest*> run;
        for (const budget_digest& one : all_) {
            if (one.kind == digest_kind::container && !one.sets_grace) {
                made.push_back(of_container(one));
                run.insert(made.back().image);
            }
        }
        for (const budget_digest& one : all_) {
            if (one.kind == digest_kind::image && !run.contains(&one)) {
                joined_budget alone;
                alone.image = &one;
                alone.configuration = configuration_of(one, one.program);
                add_commands(alone);
                made.push_back(std::move(alone));
            }
        }
        return made;
    }

private:
    void index(const budget_digest& one) {
        of_kind_[one.kind].push_back(&one);
        if (one.kind == digest_kind::image) {
            for (const std::string_view name : names_of(one)) {
                images_[name].push_back(&one);
            }
        }
        if (one.kind == digest_kind::container && !one.unit.empty()) {
            units_.emplace(one.unit, folder_of(one.said_in));
        }
    }

    /// Units of one name may be those of several environments: the one beside the command is meant,
    /// where there is one.
    bool stops_unit(const budget_digest& command, const budget_digest& container) const {
        const auto here = folder_of(command.said_in);
        return !command.unit.empty() && command.unit == container.unit &&
               (folder_of(container.said_in) == here || !units_.contains({command.unit, here}));
    }

    /// The only one of them for which the question holds.
    template <class Question>
    static const budget_digest* only(const std::vector<const budget_digest*>& of,
                                     const Question& fits) {
        const budget_digest* found = nullptr;
        for (const budget_digest* one : of) {
            if (!fits(*one)) {
                continue;
            }
            if (found != nullptr) {
                return nullptr;
            }
            found = one;
        }
        return found;
    }

    template <class Question>
    const budget_digest* only(digest_kind kind, const Question& fits) const {
        const auto of = of_kind_.find(kind);
        return of == of_kind_.end() ? nullptr : only(of->second, fits);
    }

    /// By its name alone, in the project of the container.
    const budget_digest* image_of_name(const budget_digest& container) const {
        const auto called = images_.find(last_of_path(container.image));
        return called == images_.end() ? nullptr
                                       : only(called->second, [&](const budget_digest& image) {
                                             return projects_.is_one(container, image);
                                         });
    }

    const budget_digest* image_of_build(const budget_digest& build) const {
        return only(digest_kind::image, [&](const budget_digest& image) {
            return build.path.empty()
                       ? image.folder == build.folder && last_of_path(image.path) == "Dockerfile"
                       : image.path == build.path;
        });
    }

    joined_budget of_container(const budget_digest& one) const {
        joined_budget made;
        made.container = &one;
        made.has_other_grace = one.kill && one.kill->is_default && graced_.contains(one.name);
        if (!one.folder.empty()) {
            made.image = image_of_build(one);
        } else if (!one.image.empty()) {
            made.build = only(digest_kind::build,
                              [&](const budget_digest& each) { return each.image == one.image; });
            made.image = made.build != nullptr ? image_of_build(*made.build) : image_of_name(one);
        }
        const auto& program = made.image != nullptr && one.program.empty() && !one.has_own_command
                                  ? made.image->program
                                  : one.program;
        made.configuration = configuration_of(one, program);
        if (made.configuration == nullptr && made.image != nullptr) {
            made.configuration = configuration_of(*made.image, program);
        }
        add_commands(made);
        made.fronts = fronts_.of(one);
        return made;
    }

    const budget_digest* configuration_of(const budget_digest& image,
                                          const std::string& program) const {
        if (program.empty() || image.copies.empty()) {
            return nullptr;
        }
        return only(digest_kind::configuration, [&](const budget_digest& each) {
            return each.program == program && reads(image, each);
        });
    }

    void add_commands(joined_budget& to) const {
        const auto commands = of_kind_.find(digest_kind::command);
        if (commands == of_kind_.end()) {
            return;
        }
        for (const budget_digest* each : commands->second) {
            const budget_digest& one = *each;
            if (!one.wait) {
                continue;
            }
            const bool selects =
                to.container != nullptr && has_all(to.container->labels, one.labels);
            const bool is_of_pods = to.container != nullptr && !to.container->labels.empty();
            const auto image = stopped_.find(&one);
            const bool stops = to.container == nullptr && image != stopped_.end() &&
                               image->second != nullptr && image->second == to.image;
            const bool is_of_unit = to.container != nullptr && stops_unit(one, *to.container);
            const bool is_named = to.container != nullptr && !one.container.empty() &&
                                  one.container == to.container->container;
            if (is_of_unit || is_named || selects || (one.is_for_all && is_of_pods) || stops) {
                to.commands.push_back(&one);
            }
        }
    }

    /// What `docker run --name NAME IMAGE` has started, where `docker stop NAME` stops it.
    const budget_digest* image_of_stop(const budget_digest& command) const {
        const auto* started = only(digest_kind::command, [&](const budget_digest& each) {
            return !each.wait && each.container == command.container;
        });
        const auto* build =
            started == nullptr ? nullptr : only(digest_kind::build, [&](const budget_digest& each) {
                return each.image == started->image;
            });
        return build == nullptr ? nullptr : image_of_build(*build);
    }

    std::span<const budget_digest> all_;
    projects projects_;
    front_index fronts_;
    std::map<digest_kind, std::vector<const budget_digest*>> of_kind_;
    std::map<std::string_view, std::vector<const budget_digest*>> images_;  // by their names
    std::set<std::pair<std::string_view, std::string_view>> units_;         // and their folders
    std::set<std::string> graced_;  // workloads whose K is written somewhere
    std::map<const budget_digest*, const budget_digest*> stopped_;  // an image by a command
};

}  // namespace

std::vector<joined_budget> join_digests(std::span<const budget_digest> all) {
    return joiner(all).join();
}

}  // namespace lastcall::lint
