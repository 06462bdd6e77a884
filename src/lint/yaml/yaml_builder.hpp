// Makes a tree of the events of yaml-cpp, with the places, the keys that come twice and the merges.
#pragma once

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "lint/yaml/yaml_file.hpp"

namespace lastcall::lint {

/// There are enough values; not of this file's making, so that nothing else catches it.
struct too_many_values {};

/// What all documents of a file share.
struct yaml_state {
    yaml_file& file;
    std::string_view text;                                    // without actions
    std::vector<std::size_t> unknown_lines;                   // sorted
    std::vector<std::pair<std::size_t, std::size_t>> opaque;  // quoted and blocks: no comments
    std::size_t nodes = 0;
    std::size_t merges = 0;

    void note(std::size_t offset, std::size_t size, std::string what) const {
        add_problem(file.problems, file.lines.at(offset, size), std::move(what));
    }
};

class yaml_builder final : public YAML::EventHandler {
public:
    yaml_builder(yaml_state& shared, std::size_t begin, std::size_t end);

    yaml_document finish(bool is_whole);

    [[nodiscard]] bool is_empty() const { return made_.nodes.empty(); }

    void OnDocumentStart(const YAML::Mark& /*at*/) override {}
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& at, YAML::anchor_t anchor) override;

    void OnAlias(const YAML::Mark& at, YAML::anchor_t anchor) override;

    void OnScalar(const YAML::Mark& at, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override;

    void OnSequenceStart(const YAML::Mark& at, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) override;
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& at, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value /*style*/) override;
    void OnMapEnd() override { close(); }

private:
    struct frame {
        yaml_id id = 0;
        bool has_key = false;
        yaml_id key = 0;
        std::size_t indent = 0;
        std::size_t from = 0;  // behind what comes before it
    };

    yaml_id add(const YAML::Mark& at, yaml_kind kind, YAML::anchor_t anchor);

    /// yaml-cpp gives the place of &anchor and !tag, where there is one.
    [[nodiscard]] std::size_t behind_properties(std::size_t at) const;

    void place_in_parent(yaml_id id);

    [[nodiscard]] std::size_t column_of(std::size_t offset) const;

    void open(yaml_id id, const std::string& tag);

    void close();

    void end_container(yaml_id id);

    /// A key without its value: the document broke off behind it.
    void abandon_key();

    [[nodiscard]] bool is_being_built(yaml_id id) const;

    /// Something begins at `offset`: what came before it ends there at the latest.
    void touch(std::size_t offset);

    void end_scalar(yaml_id id, std::size_t limit);

    /// Into which of the nodes that end at `offset` an action puts something.
    void settle(std::size_t offset);

    /// Keys that come twice, and <<.
    void check_keys(yaml_id id);

    void twice(yaml_id map, std::size_t first, std::size_t second);

    void merge(yaml_id into, yaml_id from, std::unordered_map<std::string_view, std::size_t>& seen);

    [[nodiscard]] yaml_id resolved(yaml_id id) const;

    yaml_state& shared_;
    yaml_document made_;
    std::vector<frame> open_;
    std::map<YAML::anchor_t, yaml_id> anchors_;
    std::optional<yaml_id> scalar_;  // the last one, whose end is not known yet
    std::size_t scalar_indent_ = 0;
    std::size_t indent_ = 0;  // of the innermost open container
    std::size_t last_end_ = 0;
    std::vector<yaml_id> closing_;
    std::vector<std::pair<yaml_id, std::size_t>> extents_;  // with where each one can begin
};

}  // namespace lastcall::lint
