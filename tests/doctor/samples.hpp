// What was seen of processes that there are not.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "doctor/look/seen.hpp"
#include "doctor/route/route.hpp"
#include "doctor/rules/rules.hpp"

namespace lastcall::doctor_test {

constexpr int sigterm = 15;

constexpr std::uint64_t bit(int signal) { return std::uint64_t{1} << (signal - 1); }

/// Sleeps in epoll_wait with a handler, and has been there for an hour.
inline doctor::seen_process server(int pid, int parent = 1) {
    doctor::seen_process made;
    made.entry.pid = pid;
    made.entry.ppid = parent;
    made.entry.threads = 1;
    made.entry.state = 'S';
    made.command = "/srv/app";
    made.program = "app";
    made.name = "app";
    made.arguments = {"/srv/app"};
    made.age = std::chrono::hours(1);
    made.namespace_pid = pid;
    made.signals.caught = bit(sigterm);
    sys::thread_facts main;
    main.id = pid;
    main.name = "app";
    main.state = 'S';
    main.call_name = "epoll_wait";
    made.threads.threads.push_back(main);
    return made;
}

/// Waits for its child, without a trap.
inline doctor::seen_process shell(int pid, int parent = 1) {
    auto made = server(pid, parent);
    made.command = "/bin/sh /start.sh";
    made.program = "dash";
    made.name = "start.sh";
    made.arguments = {"/bin/sh", "/start.sh"};
    made.signals.caught = bit(17);
    made.call_name = "wait4";
    made.threads.threads.front().call_name = "wait4";
    return made;
}

/// The same at both looks; the route is in the order given.
inline doctor::seen both(const std::vector<doctor::seen_process>& all) {
    doctor::seen made;
    made.between = std::chrono::seconds(1);
    for (const auto& one : all) {
        made.first.processes.emplace(one.pid(), one);
        made.second.processes.emplace(one.pid(), one);
        made.route.push_back(one.pid());
    }
    return made;
}

/// At both looks.
inline void change(doctor::seen& of, int pid,
                   const std::function<void(doctor::seen_process&)>& how) {
    how(of.first.processes.at(pid));
    how(of.second.processes.at(pid));
}

inline doctor::findings findings_of(const doctor::seen& of) {
    return doctor::judge(of, doctor::make_route(of));
}

/// "L03 L14", in the order of the report.
inline std::string rules_of(const doctor::seen& of) {
    std::string made;
    for (const auto& one : findings_of(of)) {
        made += (made.empty() ? "" : " ") + std::string(one.rule);
    }
    return made;
}

/// Adds a socket to both looks, and to what process `owner` has open.
inline void add_socket(doctor::seen& to, int owner, const doctor::seen_socket& socket) {
    for (auto* each : {&to.first, &to.second}) {
        auto one = socket;
        one.owners = {owner};
        const auto number = static_cast<std::uint32_t>(each->sockets.size() + 1);
        one.line.cookie = {number, 0};
        one.line.inode = 1000 + number;
        sys::descriptor open;
        open.number = static_cast<int>(10 + number);
        open.kind = sys::descriptor_kind::socket;
        open.inode = one.line.inode;
        each->processes.at(owner).descriptors.all.push_back(open);
        each->processes.at(owner).sockets.push_back(open.inode);
        each->sockets.push_back(one);
    }
}

inline doctor::seen_socket listener(std::uint32_t waiting = 0) {
    doctor::seen_socket made;
    made.line.state = 10;
    made.line.local_port = 80;
    made.line.waiting = waiting;
    made.local = "0.0.0.0:80";
    return made;
}

/// A connection of a client: what it has sent, and when the last bytes went each way.
inline doctor::seen_socket client(std::uint64_t received, std::chrono::milliseconds since_received,
                                  std::chrono::milliseconds since_sent) {
    doctor::seen_socket made;
    made.line.state = 1;
    made.line.local_port = 80;
    made.local = "192.0.2.1:80";
    made.peer = "192.0.2.2:4000";
    made.is_client = true;
    made.detail = sys::tcp_detail{};
    made.detail->sent = 1;
    made.detail->received = received;
    made.detail->since_received = since_received;
    made.detail->since_sent = since_sent;
    return made;
}

}  // namespace lastcall::doctor_test
