// lastcall events
#include "agent/story/event.hpp"

#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/follow.hpp"
#include "cli/journal_rows.hpp"
#include "cli/problem.hpp"
#include "sys/process/process.hpp"

namespace lastcall::cli {
namespace {

using namespace std::chrono_literals;
using agent::client_error;

struct events_wish {
    agent_place where;
    std::string service;
    std::int64_t lines = 20;
    bool follows = false;
    bool as_json = false;
};

// An agent that was ended comes back; who follows does not have to ask again.
constexpr auto longest_without_agent = 10s;

class event_printer {
public:
    explicit event_printer(const events_wish& wish)
        : wish_(wish), zone_(agent::story::local_zone()) {}

    /// Returns: false once nobody reads any more.
    bool print(const json& row) {
        const auto text = wish_.as_json ? json_line("lastcall_event", row)
                                        : agent::story::event_text(row_of(row), zone_) + "\n";
        last_ = number_in(row, "number");
        return std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
    }

    [[nodiscard]] std::int64_t last() const noexcept { return last_; }

private:
    const events_wish& wish_;
    agent::story::zone zone_;
    std::int64_t last_ = 0;
};

std::vector<json> last_ones(agent::api_client& client, const events_wish& wish) {
    if (wish.lines == 0) {
        return {};
    }
    const auto target = wish.service.empty() ? std::string("/v1/journal")
                                             : agent::service_path(wish.service, "history");
    auto made =
        list_in(client.get(target + "?newest=1&limit=" + std::to_string(wish.lines)), "rows");
    std::ranges::sort(made, {}, [](const json& row) { return number_in(row, "number"); });
    return made;
}

int follow(agent::api_client& client, const events_wish& wish, event_printer& out,
           std::int64_t after) {
    auto gone_since = std::chrono::steady_clock::time_point{};
    for (;;) {
        try {
            bool goes_on = true;
            client.follow_events({.service = wish.service, .kinds = {}, .after = after},
                                 [&](const json& row) { return goes_on = out.print(row); });
            if (!goes_on) {
                return status_ok;
            }
            gone_since = {};
        } catch (const client_error& e) {
            if (e.why() != client_error::kind::no_agent && e.why() != client_error::kind::lost) {
                throw;
            }
            const auto now = std::chrono::steady_clock::now();
            if (gone_since == std::chrono::steady_clock::time_point{}) {
                gone_since = now;
            }
            if (now - gone_since > longest_without_agent) {
                throw;
            }
        }
        after = std::max(after, out.last());
        sys::sleep_until(std::chrono::steady_clock::now() + 100ms);
    }
}

int events(const events_wish& wish) {
    agent::api_client client(wish.where.target());
    event_printer out(wish);
    auto after = newest_row(client);
    for (const auto& row : last_ones(client, wish)) {
        if (!out.print(row)) {
            return status_ok;
        }
        after = std::max(after, out.last());
    }
    return wish.follows ? follow(client, wish, out, after) : status_ok;
}

}  // namespace

int run_events_command(std::span<char* const> arguments) {
    command_line line("events", "what happens, while it happens: the rows of the journal",
                      {"[SERVICE] [OPTION...]"});
    events_wish wish;
    line.word("a service", false, wish.service);
    line.flag("-f,--follow", "stay, and print what comes; over a restart of the agent, too",
              wish.follows);
    line.number("-n,--lines", "the last so many first [20]", 0, 1000, wish.lines);
    line.flag("--json", "one JSON object on a line for each", wish.as_json);
    line.place_of_agent(wish.where);
    line.epilogue(
        "  lastcall events -f web\n\n"
        "Exit status: 0 told, 2 usage, 4 could not look, or the agent has gone.\n");
    if (const auto status = line.parse(arguments)) {
        return *status;
    }
    return tell_problems("events", purpose::looks, [&wish] { return events(wish); });
}

}  // namespace lastcall::cli
