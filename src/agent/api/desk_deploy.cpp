// POST …/deploys, with an Idempotency-Key or without.
#include <algorithm>

#include "agent/api/body.hpp"
#include "agent/api/desk.hpp"
#include "agent/api/target.hpp"
#include "agent/api/to_json.hpp"

namespace lastcall::agent {

using http::status;

namespace {

constexpr std::size_t longest_key = 128;

// How far back the journal is searched for a key that this agent has not seen itself.
constexpr std::size_t rows_searched = 500;

std::string key_of(const http::request& from) {
    constexpr auto field = "Idempotency-Key";
    if (from.count(field) > 1) {
        refuse_request("Idempotency-Key comes more than once");
    }
    const auto value = from[field];
    const bool is_printable =
        std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c < 0x7f; });
    if (from.count(field) == 1 && (value.empty() || value.size() > longest_key || !is_printable)) {
        refuse_request("Idempotency-Key takes 1 to 128 visible ASCII characters");
    }
    return {value.data(), value.size()};
}

}  // namespace

void desk::deploy(const call_ref& c) {
    static_cast<void>(query_values(c->from().query(), {}));
    const request_body body(c->request(), {"command", "environment", "note", "force"});
    deploy_request what;
    what.service = c->at.name;
    what.command = body.texts("command");
    what.environment = body.text_map("environment");
    what.note = body.text("note");
    what.forces = body.truth("force");
    what.idempotency_key = key_of(c->request());
    if (!what.command.empty() && what.command.front().empty()) {
        refuse_request("\"command\" begins with an empty word; it takes the program first");
    }
    if (what.idempotency_key.empty()) {
        commands_.deploy(std::move(what), c->who, answer_to_deploy(c));
        return;
    }
    const std::string key = c->who.text() + "\n" + what.service + "\n" + what.idempotency_key;
    auto found = keys_.reserve(key, body.canonical());
    if (found.what == deploy_keys::outcome::fresh) {
        const auto held = std::make_shared<deploy_keys::reservation>(keys_, key);
        found.deploy = deploy_of_key(*c, what.idempotency_key);
        if (found.deploy == 0) {
            begin_deploy(c, std::move(what), held);
            return;
        }
        held->settle(found.deploy);
    }
    if (found.what == deploy_keys::outcome::pending) {
        throw api_error(status::conflict, "in_progress",
                        "a request with this Idempotency-Key is under way",
                        "ask again in a second");
    }
    if (found.what == deploy_keys::outcome::other) {
        throw api_error(status::unprocessable_entity, "idempotency_key_reused",
                        "this Idempotency-Key was used for another request",
                        "take a new key for a new request");
    }
    commands_.show_deploy(found.deploy, answer_to_deploy(c));
}

void desk::begin_deploy(const call_ref& c, deploy_request what,
                        const std::shared_ptr<deploy_keys::reservation>& held) {
    commands_.deploy(std::move(what), c->who,
                     [c, held](const deploy_view& value, const std::exception_ptr& error) {
                         if (error == nullptr) {
                             held->settle(value.number);
                         } else {
                             held->give_up();
                         }
                         answer_to_deploy(c)(value, error);
                     });
}

// The agent may have been replaced between the two requests.
std::int64_t desk::deploy_of_key(const call& c, const std::string& key) const {
    journal_query what;
    what.service = c.at.name;
    what.kinds = {"deploy_asked"};
    what.most = rows_searched;
    what.newest_first = true;
    const auto rows = commands_.history(what);
    for (const journal_row& row : rows) {
        const auto written = row.fields.find("idempotency_key");
        if (written != row.fields.end() && *written == key && row.who.text() == c.who.text()) {
            return row.deploy;
        }
    }
    return 0;
}

}  // namespace lastcall::agent
