#include "shared/server_process.hpp"

#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include "drill/load/fetch.hpp"
#include "drill/service.hpp"

namespace measured {

namespace drill = lastcall::drill;

namespace {

using namespace std::chrono_literals;

constexpr auto limit = 20s;
constexpr auto one_attempt = 1s;
constexpr auto between_attempts = 20ms;

}  // namespace

std::unique_ptr<drill::subject> start_server(const drill::command_plan& plan,
                                             const drill::load_target& at,
                                             const std::string& path) {
    auto server = drill::start_command(plan, {});
    const auto until = drill::clock::now() + limit;
    while (drill::clock::now() < until) {
        const auto answer = drill::fetch(at, path, one_attempt);
        if (answer.status >= 200 && answer.status < 300) {
            return server;
        }
        if (server->wait(drill::clock::now() + between_attempts)) {
            break;
        }
    }
    throw std::runtime_error(server->name() + " does not answer GET " + path + " at " +
                             at.at.text() + " with 2xx" + drill::last_words(*server));
}

std::uint64_t resident_bytes_of(int pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    file >> total >> resident;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace measured
