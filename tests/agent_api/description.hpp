// docs/agent-api.yaml, and whether an answer is as it says: JSON Schema as far as the file
// uses it. A keyword that is not known here is an error, so that nothing goes unchecked.
#pragma once

#include <yaml-cpp/yaml.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace lastcall::agent::testing {

class description {
public:
    description();

    /// "GET /v1/status" ...
    [[nodiscard]] std::set<std::string> operations() const;
    [[nodiscard]] std::string role_of(const std::string& method, const std::string& path) const;

    /// What is wrong with an answer; empty when nothing is. `path` is the one of the file.
    [[nodiscard]] std::string fault_in(const std::string& method, const std::string& path,
                                       int status, const std::string& type,
                                       const std::string& body) const;
    /// Likewise with a value, by the name of its schema.
    [[nodiscard]] std::string fault_in(const nlohmann::json& value,
                                       const std::string& schema) const;

private:
    [[nodiscard]] nlohmann::json resolve(const nlohmann::json& node) const;
    [[nodiscard]] std::string check(const nlohmann::json& value, const nlohmann::json& schema,
                                    const std::string& where) const;

    nlohmann::json all_;
};

}  // namespace lastcall::agent::testing
