#include "agent/traffic/haproxy_answers.hpp"

#include <algorithm>
#include <charconv>

namespace lastcall::agent::traffic {
namespace {

std::vector<std::string_view> split(std::string_view text, char at, bool keeps_empty) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto end = text.find(at);
        const auto part = text.substr(0, end);
        if (keeps_empty || !part.empty()) {
            parts.push_back(part);
        }
        if (end == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

/// A table with its column names in a line that begins with "# ".
class table {
public:
    table(std::string_view text, char separator) : separator_(separator) {
        for (const std::string_view line : split(text, '\n', false)) {
            if (line.starts_with("# ") && names_.empty()) {
                names_ = cells(line.substr(2));
            } else if (!names_.empty()) {
                rows_.push_back(cells(line));
            }
        }
    }

    /// Whether all `wanted` columns are there, and every row reaches up to them.
    [[nodiscard]] bool has(std::initializer_list<std::string_view> wanted) const {
        return std::all_of(wanted.begin(), wanted.end(), [&](std::string_view name) {
            const std::size_t at = column(name);
            return at < names_.size() &&
                   std::all_of(rows_.begin(), rows_.end(),
                               [&](const auto& row) { return at < row.size(); });
        });
    }

    [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }

    [[nodiscard]] std::string text(std::size_t row, std::string_view name) const {
        const std::size_t at = column(name);
        return at < rows_[row].size() ? std::string(rows_[row][at]) : "";
    }

    /// 0 where the cell is empty: what does not apply to a kind of line is left out.
    [[nodiscard]] std::int64_t number(std::size_t row, std::string_view name) const {
        const std::string cell = text(row, name);
        std::int64_t value = 0;
        std::from_chars(cell.data(), cell.data() + cell.size(), value);
        return value;
    }

    [[nodiscard]] int small(std::size_t row, std::string_view name) const {
        return static_cast<int>(number(row, name));
    }

private:
    [[nodiscard]] std::vector<std::string_view> cells(std::string_view line) const {
        return split(line, separator_, separator_ == ',');
    }

    [[nodiscard]] std::size_t column(std::string_view name) const {
        return static_cast<std::size_t>(std::find(names_.begin(), names_.end(), name) -
                                        names_.begin());
    }

    char separator_;
    std::vector<std::string_view> names_;
    std::vector<std::vector<std::string_view>> rows_;
};

/// The value of "name=value" in a line of such, up to the next blank or bracket.
std::string_view value_of(std::string_view line, std::string_view name) {
    const std::string wanted = " " + std::string(name) + "=";
    const auto at = line.find(wanted);
    if (at == std::string_view::npos) {
        return {};
    }
    const auto rest = line.substr(at + wanted.size());
    return rest.substr(0, rest.find_first_of(" [\n"));
}

}  // namespace

std::optional<std::vector<server_line>> read_servers(std::string_view text) {
    // The first line is the version of the format; the columns that are read are in all of them.
    const table rows(text, ' ');
    if (!rows.has({"be_name", "srv_name", "srv_addr", "srv_op_state", "srv_admin_state",
                   "srv_check_result", "srv_check_health", "srv_check_state", "srv_port"})) {
        return std::nullopt;
    }
    std::vector<server_line> found;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        server_line& one = found.emplace_back();
        one.backend = rows.text(i, "be_name");
        one.server = rows.text(i, "srv_name");
        one.address = rows.text(i, "srv_addr");
        one.port = rows.small(i, "srv_port");
        one.operational = rows.small(i, "srv_op_state");
        one.admin = rows.small(i, "srv_admin_state");
        one.check_result = rows.small(i, "srv_check_result");
        one.check_state = rows.small(i, "srv_check_state");
        one.check_health = rows.small(i, "srv_check_health");
    }
    return found;
}

std::optional<std::vector<stat_line>> read_stat(std::string_view text) {
    const table rows(text, ',');
    if (!rows.has({"pxname", "svname", "qcur", "scur", "stot", "econ", "eresp", "wretr", "wredis",
                   "status", "hrsp_5xx", "srv_abrt", "check_rise", "check_fall", "check_health"})) {
        return std::nullopt;
    }
    std::vector<stat_line> found;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        stat_line& one = found.emplace_back();
        one.proxy = rows.text(i, "pxname");
        one.server = rows.text(i, "svname");
        one.status = rows.text(i, "status");
        one.check_status = rows.text(i, "check_status");
        one.queued = rows.number(i, "qcur");
        one.sessions = rows.number(i, "scur");
        one.total = rows.number(i, "stot");
        one.connect_errors = rows.number(i, "econ");
        one.response_errors = rows.number(i, "eresp");
        one.retries = rows.number(i, "wretr");
        one.redispatches = rows.number(i, "wredis");
        one.server_aborts = rows.number(i, "srv_abrt");
        one.answers_5xx = rows.number(i, "hrsp_5xx");
        one.check_rise = rows.number(i, "check_rise");
        one.check_fall = rows.number(i, "check_fall");
        one.check_health = rows.number(i, "check_health");
    }
    return found;
}

std::optional<process_line> read_info(std::string_view text) {
    process_line found;
    for (const std::string_view line : split(text, '\n', false)) {
        const auto colon = line.find(": ");
        if (colon == std::string_view::npos) {
            continue;
        }
        const auto name = line.substr(0, colon);
        const auto value = line.substr(colon + 2);
        if (name == "Pid") {
            std::from_chars(value.data(), value.data() + value.size(), found.pid);
        } else if (name == "Uptime_sec") {
            std::from_chars(value.data(), value.data() + value.size(), found.uptime_seconds);
        } else if (name == "Version") {
            found.version = value;
        }
    }
    return found.pid > 0 ? std::optional(found) : std::nullopt;
}

std::vector<session_line> read_sessions(std::string_view text, std::string_view backend,
                                        std::string_view server) {
    std::vector<session_line> found;
    for (const std::string_view line : split(text, '\n', false)) {
        if (value_of(line, "be") == backend && value_of(line, "srv") == server) {
            found.push_back(
                {std::string(value_of(line, "src")), std::string(value_of(line, "age"))});
        }
    }
    return found;
}

std::string one_line(std::string_view text) {
    const auto first = text.find_first_not_of("\n ");
    if (first == std::string_view::npos) {
        return {};
    }
    const auto rest = text.substr(first);
    return std::string(rest.substr(0, rest.find('\n')));
}

}  // namespace lastcall::agent::traffic
