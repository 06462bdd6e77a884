#include "lint/chain/join.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "lint/chain/digest_store.hpp"
#include "lint/chain/neighbours.hpp"

namespace lastcall::lint {
namespace {

std::string_view last_of_path(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// The folder's name; of Dockerfile.web also "web".
bool is_called(const budget_digest& image, std::string_view name) {
    const auto file = last_of_path(image.path);
    constexpr std::string_view stem = "Dockerfile.";
    return last_of_path(image.folder) == name ||
           (file.starts_with(stem) && file.substr(stem.size()) == name);
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

/// All that is wanted, and something is.
bool has_all(const std::vector<std::string>& labels, const std::vector<std::string>& wanted) {
    return !wanted.empty() && std::all_of(wanted.begin(), wanted.end(), [&](const auto& one) {
        return std::find(labels.begin(), labels.end(), one) != labels.end();
    });
}

/// More of them in front of one container are a tree of copies; the first ones tell.
constexpr std::size_t most_fronts = 8;
constexpr std::ptrdiff_t most_called = 64;

class joiner {
public:
    explicit joiner(std::span<const budget_digest> all) : all_(all), projects_(all) {}

    std::vector<joined_budget> join() {
        for (const budget_digest& one : all_) {
            if (one.sets_grace) {
                graced_.insert(one.name);
            }
            if (one.kind == digest_kind::route) {
                routes_[folder_of(one.said_in)].push_back(&one);
            }
            for (const std::string& host :
                 one.kind == digest_kind::front ? one.hosts : std::vector<std::string>()) {
                fronts_[host].push_back(&one);
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
    /// The only one for which the question holds.
    template <class Question>
    const budget_digest* only(digest_kind kind, const Question& fits) const {
        const budget_digest* found = nullptr;
        for (const budget_digest& one : all_) {
            if (one.kind != kind || !fits(one)) {
                continue;
            }
            if (found != nullptr) {
                return nullptr;
            }
            found = &one;
        }
        return found;
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
            const auto name = last_of_path(one.image);
            made.image = made.build != nullptr
                             ? image_of_build(*made.build)
                             : only(digest_kind::image, [&](const budget_digest& image) {
                                   return is_called(image, name) && projects_.is_one(one, image);
                               });
        }
        const auto& program = made.image != nullptr && one.program.empty() && !one.has_own_command
                                  ? made.image->program
                                  : one.program;
        made.configuration = configuration_of(one, program);
        if (made.configuration == nullptr && made.image != nullptr) {
            made.configuration = configuration_of(*made.image, program);
        }
        add_commands(made);
        add_fronts(made);
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
        for (const budget_digest& one : all_) {
            if (one.kind != digest_kind::command || !one.wait) {
                continue;
            }
            const bool selects =
                to.container != nullptr && has_all(to.container->labels, one.labels);
            const bool is_of_pods = to.container != nullptr && !to.container->labels.empty();
            const auto image = stopped_.find(&one);
            const bool stops = to.container == nullptr && image != stopped_.end() &&
                               image->second != nullptr && image->second == to.image;
            const bool is_of_unit =
                to.container != nullptr && !one.unit.empty() && one.unit == to.container->unit;
            const bool is_named = to.container != nullptr && !one.container.empty() &&
                                  one.container == to.container->container;
            if (is_of_unit || is_named || selects || (one.is_for_all && is_of_pods) || stops) {
                to.commands.push_back(&one);
            }
        }
    }

    void add_front(joined_budget& to, const budget_digest& front) const {
        const bool is_new =
            std::find(to.fronts.begin(), to.fronts.end(), &front) == to.fronts.end();
        if (is_new && to.fronts.size() < most_fronts) {
            to.fronts.push_back(&front);
        }
    }

    /// By the name of a compose service, or by that of a Service which selects the pods. What has
    /// the same name in another folder is another thing.
    void add_fronts(joined_budget& to) const {
        const auto& container = *to.container;
        const auto folder = folder_of(container.said_in);
        for (const budget_digest* one : called(container.hosts)) {
            if (is_below(one->said_in, folder)) {
                add_front(to, *one);
            }
        }
        const auto near = routes_.find(folder);
        if (near == routes_.end() || !is_alone(container)) {
            return;
        }
        for (const budget_digest* route : near->second) {
            if (!has_all(container.labels, route->labels)) {
                continue;
            }
            for (const budget_digest* one : called(route->hosts)) {
                if (folder_of(one->said_in) == folder) {
                    add_front(to, *one);
                }
            }
        }
    }

    /// The fronts that send to one of the names; a few of them.
    std::vector<const budget_digest*> called(const std::vector<std::string>& hosts) const {
        std::vector<const budget_digest*> made;
        for (const std::string& host : hosts) {
            const auto found = fronts_.find(host);
            if (found != fronts_.end()) {
                made.insert(made.end(), found->second.begin(),
                            found->second.begin() +
                                std::min<std::ptrdiff_t>(std::ssize(found->second), most_called));
            }
        }
        return made;
    }

    /// The only container of its pods: of several nobody knows here which one the Service means.
    bool is_alone(const budget_digest& container) const {
        return std::count_if(all_.begin(), all_.end(), [&](const budget_digest& one) {
                   return one.kind == digest_kind::container && !one.sets_grace &&
                          one.name == container.name && one.said_in == container.said_in;
               }) == 1;
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
    std::set<std::string> graced_;  // workloads whose K is written somewhere
    std::map<const budget_digest*, const budget_digest*> stopped_;  // an image by a command
    std::map<std::string, std::vector<const budget_digest*>, std::less<>> fronts_;  // by host
    std::map<std::string_view, std::vector<const budget_digest*>> routes_;          // by folder
};

}  // namespace

std::vector<joined_budget> join_digests(std::span<const budget_digest> all) {
    return joiner(all).join();
}

}  // namespace lastcall::lint
