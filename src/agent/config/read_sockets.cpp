// listen: a port, an address, a map, or a list of those.
#include <filesystem>

#include "agent/config/address.hpp"
#include "agent/config/read_parts.hpp"
#include "agent/config/spec_words.hpp"

namespace lastcall::agent {
namespace {

void take_address(const yaml_entry& entry, const reading& with, socket_spec& into,
                  std::string& port_alone) {
    const auto read = read_address(entry.text(), with.here.has_ipv6());
    if (!read.problem.empty()) {
        entry.refuse(read.problem, read.fix);
    }
    into.address = read.address;
    port_alone = read.port_alone;
    into.line = entry.line;
    const auto parts = parts_of(read.address);
    if (parts.is_unix) {
        const auto folder = std::filesystem::path(parts.host).parent_path().string();
        if (with.here.kind(folder) != path_kind::directory) {
            entry.refuse("lies in " + folder + ", which is no directory",
                         "make it (a unit has RuntimeDirectory= for that), or correct the path");
        }
        const auto there = with.here.kind(parts.host);
        if (there != path_kind::none && there != path_kind::socket) {
            entry.refuse("is there already, and is no socket", "choose another path");
        }
    } else if (parts.port != 0 && parts.port < with.here.first_free_port() &&
               with.here.own_user() != 0) {
        entry.warn("has a port below " + std::to_string(with.here.first_free_port()) +
                       ", and lastcall does not run as root here",
                   "run the agent as root or with CAP_NET_BIND_SERVICE, or use another port");
    }
}

void take_name(const yaml_entry& entry, std::string& into) {
    into = entry.text();
    // sd_listen_fds_with_names(3): LISTEN_FDNAMES separates them by colons.
    constexpr std::string_view good =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    if (into.empty() || into.size() > 64 || into.find_first_not_of(good) != std::string::npos) {
        entry.refuse("is no name of a socket", "use up to 64 letters, digits, '.', '_' and '-'");
    }
}

socket_spec read_socket(const yaml_entry& entry, const reading& with, bool& is_named) {
    socket_spec made;
    std::string port_alone;
    if (!entry.value.IsMap()) {
        take_address(entry, with, made, port_alone);
        made.address = port_alone.empty() ? made.address : port_alone;
        return made;
    }
    bool has_mode = false;
    take_keys(
        entry, "a socket",
        {{"name",
          [&](const yaml_entry& one) {
              take_name(one, made.name);
              is_named = true;
          }},
         {"address", [&](const yaml_entry& one) { take_address(one, with, made, port_alone); }},
         {"backlog", whole_into(made.backlog, 1, 1 << 20)},
         {"mode",
          [&](const yaml_entry& one) {
              made.mode = one.octal("0660");
              has_mode = true;
          }},
         {"handover", [&](const yaml_entry& one) { made.how = word_of(one, words<handover>()); }}});
    if (!entry.found->knows(entry.path + ".address")) {
        entry.refuse("the socket has no address", "write address: 127.0.0.1:8080");
    }
    const bool binds_for_us = made.how == handover::automatic || made.how == handover::intercept;
    if (binds_for_us && !port_alone.empty()) {
        made.address = port_alone;  // who gets it by LISTEN_FDS binds nothing, and gets all
    }
    if (has_mode && !made.address.empty() && !parts_of(made.address).is_unix) {
        entry.found->add(entry.path + ".mode", "is of no use: only unix sockets have a mode",
                         "take it out");
    }
    return made;
}

}  // namespace

void read_sockets(const yaml_entry& entry, const reading& with, std::vector<socket_spec>& into) {
    if (entry.value.IsSequence() && entry.value.size() > 64) {
        entry.refuse("has " + std::to_string(entry.value.size()) + " sockets",
                     "64 of a service can be handed over");
    }
    for (const auto& one : entry.parts()) {
        try_taking(one, [&](const yaml_entry& part) {
            bool is_named = false;
            auto made = read_socket(part, with, is_named);
            if (!is_named && !into.empty()) {
                made.name = "socket" + std::to_string(into.size() + 1);
            }
            for (const auto& other : into) {
                if (other.name == made.name) {
                    part.found->add(part.path, "two sockets have the name " + in_quotes(made.name),
                                    "give each a name of its own: {name: admin, address: …}");
                }
            }
            into.push_back(std::move(made));
        });
    }
}

}  // namespace lastcall::agent
