#include "agent/agent.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include "agent/api/api.hpp"
#include "agent/config/read_host.hpp"
#include "agent/config/spec_json.hpp"
#include "agent/engine/engine.hpp"
#include "sys/process/own_code.hpp"
#include "sys/process/own_environment.hpp"
#include "sys/process/process.hpp"

namespace lastcall::agent {
namespace {

using namespace std::chrono_literals;

/// The agent of a keeper that was killed ends by itself, but it may outlive the start of the
/// next keeper: what it has left running cannot be taken over without the journal.
constexpr auto for_the_former = 6s;
constexpr auto look_again = 20ms;

sys::unique_fd keeper_channel() {
    const auto environment = sys::own_environment();
    const auto found = environment.find("LASTCALL_KEEPER_FD");
    const int fd = found == environment.end() ? -1 : std::atoi(found->second.c_str());
    if (fd < 3) {
        throw std::runtime_error(
            "the agent is started by lastcall-keeper, which gives it LASTCALL_KEEPER_FD; "
            "use `lastcall up`");
    }
    return sys::unique_fd(fd);
}

host_spec read_wanted(const std::string& file) {
    std::ifstream in(file);
    const auto parsed = nlohmann::json::parse(in, nullptr, false);
    if (!in || parsed.is_discarded()) {
        throw std::runtime_error(file + " cannot be read, or is no JSON");
    }
    return host_from_json(parsed);
}

/// What its relative paths are relative to: the folder of the file, where it came from one.
std::string folder_of(const std::string& file) {
    const auto folder = std::filesystem::path(file).parent_path();
    return folder.is_absolute() ? folder.lexically_normal().string() : "/";
}

/// Without a journal the services run on, and nothing is deployed.
std::unique_ptr<journal> open_journal(const places& where, const host_spec& wanted) {
    const auto enough = std::chrono::steady_clock::now() + for_the_former;
    for (;;) {
        try {
            auto made = std::make_unique<journal>(
                journal::options{.file = where.journal(), .limit = wanted.journal_limit});
            if (!made->repaired().empty()) {
                std::fprintf(stderr, "lastcall: the journal was repaired: %s\n",
                             made->repaired().c_str());
            }
            return made;
        } catch (const journal_error& e) {
            const auto now = std::chrono::steady_clock::now();
            if (e.why() == journal_error::kind::busy && now < enough) {
                sys::sleep_until(std::min(now + look_again, enough));
                continue;
            }
            std::fprintf(stderr,
                         "lastcall: THE JOURNAL CANNOT BE OPENED: %s\n"
                         "lastcall: services run on, deploys are refused\n",
                         e.what());
            return nullptr;
        }
    }
}

api_options api_of(const agent_options& how, const host_spec& wanted, engine& mind) {
    return {
        .socket = how.where.api_socket(),
        .remote = wanted.api,
        .version = how.version,
        .journal_file = how.where.journal(),
        .read_config =
            [](const std::string& text, const std::string& file) {
                auto read = look_at_text(text, file, folder_of(file));
                if (!read.is_good()) {
                    throw config_error(read.problems);
                }
                return std::move(read.spec);
            },
        .log =
            [](const std::string& line) { std::fprintf(stderr, "lastcall: %s\n", line.c_str()); },
        .remote_listening = [&mind, listen = wanted.api.listen](
                                const std::string& why_not) { mind.api_listens(listen, why_not); }};
}

/// Where a certificate or the tokens are not good, whoever is on this host is still served: an
/// agent that ends of it would be started again and again, and nobody could ask what is wrong.
std::unique_ptr<api> serve(lifecycle& life, api_options how, engine& mind) {
    if (!how.remote.listen.empty()) {
        try {
            return std::make_unique<api>(life, how, mind);
        } catch (const std::system_error&) {
            throw;
        } catch (const std::exception& e) {
            how.remote_listening(std::string(e.what()) + " (the next agent tries again)");
            how.remote.listen.clear();
        }
    }
    return std::make_unique<api>(life, std::move(how), mind);
}

}  // namespace

int run_agent(const agent_options& how) {
    auto channel = keeper_channel();
    const auto wanted = read_wanted(how.wanted_file);
    lifecycle life({.service = "lastcall",
                    .grace = std::chrono::seconds(5),
                    .duck = lame_duck::none(),
                    .log = [](std::string_view) {}});
    const auto book = open_journal(how.where, wanted);
    engine mind({.where = how.where,
                 .wanted = wanted,
                 .init_program = how.init_program,
                 .channel = std::move(channel),
                 .version = how.version,
                 .own_arguments = how.own_arguments,
                 .is_quiet = how.is_quiet},
                book.get(),
                {.over = [&life] { life.request_stop("the keeper has stopped everything"); },
                 // What only a start needs is most of the program.
                 .settled = [] { sys::forget_mapped_code(); }});
    std::exception_ptr failure;
    std::thread thinking([&] {
        try {
            mind.run();
        } catch (...) {
            failure = std::current_exception();
            life.request_stop("the engine has failed");
        }
    });
    const auto end_thinking = [&] {
        mind.end();
        thinking.join();
    };
    try {
        const auto served = serve(life, api_of(how, wanted, mind), mind);
        life.ready();
        life.run();
    } catch (...) {  // the unix socket is not to be had
        end_thinking();
        throw;
    }
    end_thinking();
    if (failure) {
        std::rethrow_exception(failure);
    }
    return 0;
}

}  // namespace lastcall::agent
