// The servers that are stopped: how each is started, which signal asks it to end well, and
// what it can be asked for meanwhile.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drill/subject/subject.hpp"
#include "shared/programs.hpp"
#include "shared/results.hpp"
#include "sys/socket/socket_client.hpp"

namespace stop_bench {

using measured::find_program;
using measured::results;

struct server {
    std::string name;            ///< "nginx"
    int signal = 0;              ///< SIGTERM, or what ends this one gracefully
    std::string ready = "/";     ///< answers 2xx once it serves
    bool takes_orders = true;    ///< POST /orders
    bool is_slow = true;         ///< GET /slow?ms=, GET /stream?seconds=
    bool has_websocket = false;  ///< GET /feed
    bool ours = false;

    /// The command for one start. `home` is a private directory for its files.
    std::function<lastcall::drill::command_plan(const lastcall::sys::endpoint& listen,
                                                const std::filesystem::path& home)>
        command;

    [[nodiscard]] std::string label() const;
};

/// Writes a file. Errors: std::runtime_error.
void write_file(const std::filesystem::path& path, const std::string& text);

[[nodiscard]] server orders_server(const std::string& bin);

/// The peers that are installed; a note for each that is not.
[[nodiscard]] std::vector<server> peers(results& into, const std::filesystem::path& scratch);

/// Each of them is empty when its program is not installed.
[[nodiscard]] std::optional<server> nginx_server();
[[nodiscard]] std::optional<server> haproxy_server();
[[nodiscard]] std::optional<server> node_server();

/// Compiled once, in `scratch`.
[[nodiscard]] std::optional<server> go_server(const std::filesystem::path& scratch);

}  // namespace stop_bench
