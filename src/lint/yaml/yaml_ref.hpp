// One value of a YAML file, and the way to those below it.
//
// A reference that leads nowhere is empty and may be asked like every other one: what is below it
// is empty too. Aliases are followed.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "lint/text/mapped_text.hpp"
#include "lint/yaml/yaml_file.hpp"

namespace lastcall::lint {

/// Lifetime: the file's.
class yaml_ref {
public:
    yaml_ref() = default;
    yaml_ref(const yaml_file& file, const yaml_document& document, yaml_id id = 0);

    /// Whether it leads somewhere; a null is something.
    [[nodiscard]] explicit operator bool() const noexcept { return node_ != nullptr; }

    [[nodiscard]] bool is_null() const noexcept { return is(yaml_kind::null); }
    [[nodiscard]] bool is_scalar() const noexcept { return is(yaml_kind::scalar); }
    [[nodiscard]] bool is_map() const noexcept { return is(yaml_kind::map); }
    [[nodiscard]] bool is_sequence() const noexcept { return is(yaml_kind::sequence); }

    /// Its value, or part of it, comes from an action of a template; or a template has the key
    /// twice.
    [[nodiscard]] bool is_unknown() const noexcept { return node_ != nullptr && node_->is_unknown; }
    /// What is not found below it may be there all the same.
    [[nodiscard]] bool may_have_more() const noexcept {
        return node_ != nullptr && (node_->may_have_more || node_->is_unknown);
    }
    /// An if, a with or a range decides whether it is there.
    [[nodiscard]] bool is_conditional() const;

    /// Of a map: the value of the key, the first where it comes twice.
    [[nodiscard]] yaml_ref get(std::string_view key) const;
    /// Of a map: the key itself, for its place.
    [[nodiscard]] yaml_ref key(std::string_view key) const;
    /// Of a sequence.
    [[nodiscard]] yaml_ref at(std::size_t index) const;
    /// "spec.containers[0].image".
    [[nodiscard]] yaml_ref path(std::string_view path) const;

    [[nodiscard]] std::vector<yaml_ref> items() const;
    [[nodiscard]] std::vector<std::pair<yaml_ref, yaml_ref>> entries() const;

    /// Of a scalar that is known; else unset.
    [[nodiscard]] std::optional<std::string_view> text() const;
    /// Of YAML 1.1: yes, No, on, true, y. Only what is not quoted.
    [[nodiscard]] std::optional<bool> boolean() const;
    /// Of YAML 1.1: 10, 0x1F, 0o17, 017 (which is 15), 1_000. Only what is not quoted.
    [[nodiscard]] std::optional<std::int64_t> integer() const;
    [[nodiscard]] std::optional<double> number() const;

    /// Of a scalar: its bytes, each with its place; as a whole where that can not be told.
    [[nodiscard]] mapped_text source() const;

    /// Of the value; where an alias stands for it, of what it stands for.
    [[nodiscard]] place where() const;
    /// Of the value, or of the alias that stands for it.
    [[nodiscard]] place used_at() const;

    [[nodiscard]] const yaml_node* node() const noexcept { return node_; }

private:
    [[nodiscard]] bool is(yaml_kind kind) const noexcept {
        return node_ != nullptr && node_->kind == kind;
    }

    const yaml_file* file_ = nullptr;
    const yaml_document* document_ = nullptr;
    const yaml_node* node_ = nullptr;
    const yaml_node* used_ = nullptr;  // the alias, or the node
};

/// The roots of all documents.
[[nodiscard]] std::vector<yaml_ref> roots(const yaml_file& file);

}  // namespace lastcall::lint
