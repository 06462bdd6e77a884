// What a unit says in the end: its file and its drop-ins, read one after the other.
//
// A time, a signal, a yes or no, or a word of a few has the last value that systemd accepts; what
// it does not accept (also an empty one) it passes over. A setting that is a list has all values
// since the last empty one. Every answer keeps the setting, and with it the file and the place,
// that it comes from.
#pragma once

#include <chrono>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lint/unit/unit_file.hpp"
#include "lint/unit/unit_name.hpp"

namespace lastcall::lint {

/// One setting of one of the files. Lifetime: the view's.
struct unit_source {
    const unit_file* file = nullptr;
    const unit_setting* setting = nullptr;

    [[nodiscard]] const std::string& text() const { return setting->value.text(); }
};

template <typename T>
struct unit_answer {
    T value;
    unit_source from;
};

class unit_view {
public:
    /// `name`   of the unit, as in "web@.service"
    /// `files`  the unit's own first, then its drop-ins in the order in which they hold
    unit_view(std::string_view name, std::vector<unit_file> files);

    unit_view(unit_view&&) noexcept = default;
    unit_view& operator=(unit_view&&) noexcept = default;
    unit_view(const unit_view&) = delete;
    unit_view& operator=(const unit_view&) = delete;
    ~unit_view() = default;

    [[nodiscard]] const unit_name& name() const noexcept { return name_; }
    [[nodiscard]] const std::vector<unit_file>& files() const noexcept { return files_; }
    [[nodiscard]] bool has_section(std::string_view section) const;

    /// Everything that was said, in its order, also what was taken back.
    [[nodiscard]] const std::vector<unit_source>& said(std::string_view section,
                                                       std::string_view setting) const;

    /// Of a list: what holds.
    [[nodiscard]] std::vector<unit_source> all(std::string_view section,
                                               std::string_view setting) const;

    /// Of a text or a path: the one that holds. Unset: never said, or taken back by an empty one.
    [[nodiscard]] std::optional<unit_source> text(std::string_view section,
                                                  std::string_view setting) const;

    /// Of a setting that takes one of a few words, as KillMode= does.
    [[nodiscard]] std::optional<unit_source> choice(std::string_view section,
                                                    std::string_view setting,
                                                    std::span<const std::string_view> words) const;

    [[nodiscard]] std::optional<unit_answer<bool>> boolean(std::string_view section,
                                                           std::string_view setting) const;
    [[nodiscard]] std::optional<unit_answer<int>> signal(std::string_view section,
                                                         std::string_view setting) const;
    /// Of several settings that set one thing, as TimeoutSec= and TimeoutStopSec= do, the one
    /// that was said last.
    [[nodiscard]] std::optional<unit_answer<std::chrono::microseconds>> time_span(
        std::string_view section, std::initializer_list<std::string_view> settings) const;

    /// How long a stop may last, by TimeoutStopSec= and TimeoutSec=; 0 is none, as for systemd.
    [[nodiscard]] std::optional<unit_answer<std::chrono::microseconds>> stop_timeout() const;
    [[nodiscard]] std::optional<unit_answer<std::chrono::microseconds>> start_timeout() const;

    /// Of the words of After=, Wants= and such, each with where it stands.
    [[nodiscard]] std::vector<std::pair<mapped_text, unit_source>> words(
        std::string_view section, std::string_view setting) const;

private:
    unit_name name_;
    std::vector<unit_file> files_;
    std::map<std::string, std::vector<unit_source>, std::less<>> said_;  // by "Section\nName"
};

}  // namespace lastcall::lint
