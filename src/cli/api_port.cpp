#include "cli/api_port.hpp"

#include <chrono>
#include <filesystem>
#include <iostream>

#include "agent/config/problem_text.hpp"
#include "cli/problem.hpp"
#include "cli/screen.hpp"
#include "sys/process/process.hpp"
#include "sys/socket/socket.hpp"

namespace lastcall::cli {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

// Its socket files are removed before its listeners close.
constexpr auto after_the_former = 1s;
constexpr auto for_the_former = 6s;
constexpr auto look_again = 20ms;

/// Empty: it could.
std::string why_not_listen(const std::string& address) {
    try {
        const auto tried =
            sys::listen_tcp(sys::parse_listen_address(address.substr(address.find(':') + 1)), 1);
        return {};
    } catch (const std::exception& e) {
        return e.what();
    }
}

}  // namespace

void check_api_port(const agent::host_reading& wanted, const agent::places& where) {
    const auto& listen = wanted.spec.api.listen;
    if (listen.empty()) {
        return;
    }
    auto why = why_not_listen(listen);
    const auto begun = clock::now();
    const bool had_an_agent = std::filesystem::exists(where.journal());
    auto enough = begun + (had_an_agent ? after_the_former : 0s);
    while (!why.empty() && clock::now() < enough) {
        sys::sleep_until(clock::now() + look_again);
        if (std::filesystem::exists(where.api_socket())) {
            enough = std::min(clock::now() + after_the_former, begun + for_the_former);
        }
        why = why_not_listen(listen);
    }
    if (why.empty()) {
        return;
    }
    auto told = wanted.api_listen;
    told.why = why;
    told.fix = "end what listens there (`ss -ltnp` shows it), or write another address";
    std::cerr << agent::explain(told, wanted.spec.file, wanted.text, screen_of(2).has_colour);
    throw problem("the API could not listen; nothing was started");
}

}  // namespace lastcall::cli
