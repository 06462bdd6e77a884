// A machine whose users, files and programs a test has chosen.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "agent/config/program_file.hpp"
#include "agent/config/surroundings.hpp"

namespace lastcall::testing {

class fake_machine final : public agent::surroundings {
public:
    std::map<std::string, std::uint32_t> users{
        {"root", 0}, {"alice", 1000}, {"bob", 1001}, {"www", 33}};
    std::map<std::string, std::uint32_t> groups{{"root", 0}, {"ops", 500}, {"www", 33}};
    std::map<std::string, agent::path_kind> paths{
        {"/etc/app", agent::path_kind::directory},
        {"/etc/app/server", agent::path_kind::file},
        {"/etc/app/notes.txt", agent::path_kind::file},
        {"/etc/app/empty.env", agent::path_kind::file},
        {"/etc/app/bad.env", agent::path_kind::file},
        {"/etc/app/cert.pem", agent::path_kind::file},
        {"/etc/app/key.pem", agent::path_kind::file},
        {"/etc/app/tokens.yaml", agent::path_kind::file},
        {"/etc/app/sub", agent::path_kind::directory},
        {"/run", agent::path_kind::directory},
        {"/run/haproxy.sock", agent::path_kind::socket},
        {"/usr/bin", agent::path_kind::directory},
        {"/usr/bin/node", agent::path_kind::file},
        {"/usr/bin/curl", agent::path_kind::file},
    };
    std::map<std::string, std::string> texts{
        {"/etc/app/empty.env", ""},
        {"/etc/app/bad.env", "A=1\nNO VALUE\nB = 2\nC=\"open\n"},
    };
    std::map<std::string, bool> runnable{
        {"/etc/app/server", true}, {"/usr/bin/node", true}, {"/usr/bin/curl", true}};
    std::uint32_t uid = 0;
    bool ipv6 = true;
    bool keys_are_open = false;
    std::optional<std::string> grace;

    std::optional<sys::account> user(const std::string& name) const override {
        for (const auto& [one, number] : users) {
            if (one == name || std::to_string(number) == name) {
                return sys::account{one, number, number, "/"};
            }
        }
        return std::nullopt;
    }
    std::optional<std::uint32_t> group(const std::string& name) const override {
        const auto found = groups.find(name);
        return found == groups.end() ? std::nullopt : std::optional(found->second);
    }
    std::uint32_t own_user() const override { return uid; }
    std::uint32_t own_group() const override { return uid; }
    agent::path_kind kind(const std::string& path) const override {
        const auto found = paths.find(path);
        return found == paths.end() ? agent::path_kind::none : found->second;
    }
    bool may_run(const std::string& path) const override { return runnable.contains(path); }
    bool is_open_to_others(const std::string& /*path*/) const override { return keys_are_open; }
    std::optional<std::string> read(const std::string& path, std::size_t /*limit*/,
                                    std::string& why) const override {
        const auto found = texts.find(path);
        if (found == texts.end()) {
            why = "does not exist";
            return std::nullopt;
        }
        return found->second;
    }
    std::string path_variable() const override { return "/usr/bin"; }
    std::optional<std::string> grace_variable() const override { return grace; }
    bool has_ipv6() const override { return ipv6; }
    std::uint16_t first_free_port() const override { return 1024; }
};

}  // namespace lastcall::testing
