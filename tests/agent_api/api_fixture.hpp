// An API over a fake engine, and a client that holds every answer against the description.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <thread>

#include <lastcall/lifecycle.hpp>

#include "adapters_http/child.hpp"
#include "agent/api/api.hpp"
#include "agent_api/description.hpp"
#include "agent_api/fake_commands.hpp"

namespace lastcall::agent::testing {

using lastcall::testing::client;
using lastcall::testing::temp_folder;
using nlohmann::json;

/// A connected unix socket; -1: it cannot be.
int connect_to(const std::string& path);

/// The connection of a client to the unix socket.
struct local_client : client {
    explicit local_client(const std::string& path) : client(std::true_type{}, connect_to(path)) {}
};

struct answer {
    int status = 0;
    std::map<std::string, std::string> fields;  ///< names in lower case
    std::string body;

    [[nodiscard]] json value() const { return json::parse(body, nullptr, false); }
    /// "not_found"; empty when it is no error.
    [[nodiscard]] std::string code() const;
    [[nodiscard]] std::string hint() const;
};

/// Reads one answer with Content-Length, or up to the end, from what `from` has in `in`.
answer read_answer(const std::string& text);

struct question {
    std::string method = "GET";
    std::string target;
    std::string body = {};
    std::string more = {};  ///< header lines, each with its CRLF
    [[nodiscard]] std::string text() const;
};

class api_fixture : public ::testing::Test {
protected:
    api_fixture();
    ~api_fixture() override;

    void serve();
    void stop();

    /// One request on a connection of its own. The answer must be as described.
    answer ask(const question& what);
    answer get(const std::string& target) { return ask({.target = target}); }
    answer post(const std::string& target, const std::string& body = {}) {
        return ask({.method = "POST", .target = target, .body = body});
    }
    /// What the description says of an answer; empty when all is well.
    std::string fault_in(const question& asked, const answer& got) const;

    temp_folder folder;
    lifecycle life;
    fake_commands engine;
    api_options options;
    std::optional<api> served;
    std::thread runs;
    report ended = {};
    description described;
    std::vector<std::string> log_lines;
};

}  // namespace lastcall::agent::testing
