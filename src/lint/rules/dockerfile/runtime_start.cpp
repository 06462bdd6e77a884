#include "lint/rules/dockerfile/runtime_start.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

#include "lint/text/read_file.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

struct runtime {
    std::string_view programs;  ///< between blanks
    std::string_view sources;   ///< ends of its files, between blanks
    /// Words that a source has which takes SIGTERM, itself or by a library.
    std::array<std::string_view, 8> handlers;
};

constexpr std::array runtimes{
    runtime{" node nodejs ",
            " .js .mjs .cjs .ts ",
            {"SIGTERM", "terminus", "close-with-grace", "enableShutdownHooks", "lightship",
             "graceful-shutdown"}},
    runtime{" python python3 ",
            " .py ",
            // Django's runserver and Twisted's reactor handle it.
            {"SIGTERM", "uvicorn.run", "add_signal_handler", "aiohttp.web", "web.run_app",
             "grpc.server", "execute_from_command_line", "reactor.run"}},
    runtime{" ruby ", " .rb .ru ", {"TERM", "puma", "sidekiq", "rack", "unicorn", "thin"}},
    runtime{
        " perl ", " .pl .pm ", {"{TERM}", "{'TERM'}", "{\"TERM\"}", "sigaction", "AnyEvent", "EV"}},
};

// Enough for a service, and little enough for one rule.
constexpr std::size_t most_files = 200;
constexpr std::size_t most_bytes = 4UL << 20;

bool is_listed(std::string_view list, std::string_view name) {
    return !name.empty() && list.find(" " + std::string(name) + " ") != list.npos;
}

class source_search {
public:
    explicit source_search(const runtime& of) : of_(of) {}

    bool has_handler(const std::string& text) const {
        return std::any_of(of_.handlers.begin(), of_.handlers.end(), [&](std::string_view word) {
            return !word.empty() && text.find(word) != std::string::npos;
        });
    }

    /// Looks through the sources beside the main one, those of others left out.
    handling look_beside(const fs::path& main) const {
        std::size_t files = 0;
        std::size_t bytes = 0;
        std::error_code failed;
        fs::recursive_directory_iterator one(main.parent_path(), failed);
        for (; !failed && one != fs::recursive_directory_iterator(); one.increment(failed)) {
            const auto name = one->path().filename().string();
            std::error_code gone;
            if (one->is_directory(gone)) {
                if (name == "node_modules" || name.starts_with('.') || name == "venv" ||
                    name == "test" || name == "tests") {
                    one.disable_recursion_pending();
                }
                continue;
            }
            if (!is_listed(of_.sources, one->path().extension().string())) {
                continue;
            }
            auto read = read_file(one->path());
            if (!read.text || ++files > most_files || (bytes += read.text->size()) > most_bytes) {
                return handling::unknown;
            }
            if (has_handler(*read.text)) {
                return handling::found;
            }
        }
        return handling::none;
    }

private:
    const runtime& of_;
};

}  // namespace

std::string main_source(const launch_hop& hop) {
    for (std::size_t i = hop.call.program + 1; i < hop.words.size(); ++i) {
        const auto& text = hop.words[i].what.what.text;
        if (text == "-m" || text == "-e" || text == "-c" || text == "-p" || text == "--eval") {
            return {};
        }
        if (text == "-r" || text == "--require" || text == "--import" || text == "-I" ||
            text == "-W" || text == "-X") {
            ++i;
        } else if (!text.starts_with('-')) {
            // From the folder that it runs in, and not from PATH.
            return !hop.words[i].what.is_known()         ? std::string()
                   : text.find('/') == std::string::npos ? "./" + text
                                                         : text;
        }
    }
    return {};
}

std::optional<runtime_start> runtime_as_init(const launch_chain& chain, const source_finder& find) {
    const auto* hop = chain.program();
    if (hop == nullptr) {
        return std::nullopt;
    }
    const auto* of = std::find_if(runtimes.begin(), runtimes.end(), [&](const runtime& one) {
        return is_listed(one.programs, hop->call.name);
    });
    for (const launch_hop& one : chain.hops) {
        const bool stays = std::any_of(one.ends.begin(), one.ends.end(), [](const auto& end) {
            return end.kind != end_kind::replaced;
        });
        // Where a shell or an init is process 1, the runtime is not.
        if (find_init(one) != nullptr || stays) {
            return std::nullopt;
        }
    }
    runtime_start made;
    made.runtime = hop->call.name;
    made.source = of == runtimes.end() ? std::string() : main_source(*hop);
    if (made.source.empty()) {
        return std::nullopt;
    }
    const source_search search(*of);
    if (const auto main = find(made.source)) {
        made.looked_at = main->name;
        made.how = search.has_handler(main->text) ? handling::found
                   : main->path.empty()           ? handling::none
                                                  : search.look_beside(main->path);
    }
    return made;
}

}  // namespace lastcall::lint
