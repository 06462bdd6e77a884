#include "agent/api/client.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/system_error.hpp>

#include "agent/api/api.hpp"
#include "agent/api/client_channel.hpp"
#include "agent/api/event_reader.hpp"
#include "agent/api/target.hpp"
#include "agent/api/to_json.hpp"
#include "sys/account_name.hpp"
#include "sys/readable_file.hpp"
#include "sys/socket/unix_listener.hpp"

namespace lastcall::agent {

namespace beast = boost::beast;
using boost::system::system_error;
using kind = client_error::kind;
using parser = beast::http::response_parser<beast::http::string_body>;

namespace {

constexpr auto without_heartbeat = std::chrono::seconds(45);
constexpr std::size_t largest_answer = 64U << 20U;

[[noreturn]] void say_not_ours(const std::string& path, std::uint32_t owner) {
    throw client_error(kind::not_ours,
                       "the agent at " + path + " is of " + sys::account_name(owner) + " (uid " +
                           std::to_string(owner) + "), not of " + sys::account_name(sys::own_uid()),
                       "ask as that user or as root, or name your own with LASTCALL_HOME");
}

// What connect(2) says, in words.
[[noreturn]] void explain_local(const std::string& path, const system_error& why) {
    namespace errc = boost::system::errc;
    if (why.code() == errc::permission_denied) {
        if (const auto facts = sys::facts_of(path); facts && facts->owner != sys::own_uid()) {
            say_not_ours(path, facts->owner);
        }
        throw client_error(
            kind::not_ours, path + " is not to be reached: permission denied",
            "ask as the user of that agent, or name another home with LASTCALL_HOME");
    }
    if (why.code() == errc::no_such_file_or_directory || why.code() == errc::connection_refused ||
        why.code() == errc::not_a_directory) {
        throw client_error(kind::no_agent, "no agent answers at " + path,
                           "start one with `lastcall up`, or name another home with LASTCALL_HOME");
    }
    throw client_error(kind::no_agent, "cannot connect to " + path + ": " + why.code().message());
}

// A socket may be open to all, and listened to by anybody.
void check_owner(client_channel& channel, const std::string& path) {
    const auto peer = sys::identity_of_peer(channel.native_handle());
    if (peer && peer->uid != 0 && peer->uid != sys::own_uid() && sys::own_uid() != 0) {
        say_not_ours(path, peer->uid);
    }
}

// What the agent answered instead of what was asked for.
[[noreturn]] void throw_refusal(const parser& got, const std::string& body,
                                const std::string& name) {
    const unsigned status = got.get().result_int();
    std::string message = name + " answers " + std::to_string(status) + ": " + body;
    std::string hint;
    std::string code;
    const auto json = nlohmann::json::parse(body, nullptr, false);
    if (json.is_object() && json.contains("error") && json["error"].is_object()) {
        const auto& error = json["error"];
        message = error.value("message", message);
        hint = error.value("hint", std::string());
        code = error.value("code", std::string());
    }
    while (message.ends_with('\n')) {
        message.pop_back();
    }
    throw client_error(kind::refused, message, hint, status, code);
}

std::string text_of_field(const parser& got, const char* name) {
    const auto value = got.get()[name];
    return {value.data(), value.size()};
}

}  // namespace

api_client::api_client(client_target to) : to_(std::move(to)) {
    const auto refuse = [this](const std::string& why) {
        throw client_error(kind::invalid, "\"" + to_.url + "\": " + why,
                           "write it as https://host:7777");
    };
    const auto is_printable = [](const std::string& text) {
        return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
    };
    if (to_.url.empty()) {
        if (!to_.token.empty()) {
            throw client_error(kind::invalid, "a token is for the TLS listener of an agent",
                               "name it with --url https://host:7777");
        }
        return;
    }
    constexpr std::string_view scheme = "https://";
    if (!to_.url.starts_with(scheme)) {
        refuse("a token is never sent in plain text");
    }
    std::string rest = to_.url.substr(scheme.size());
    if (rest.ends_with('/')) {
        rest.pop_back();
    }
    const std::size_t colon = rest.rfind(':');
    const bool has_port = colon != std::string::npos && rest.find(']', colon) == std::string::npos;
    host_ = has_port ? rest.substr(0, colon) : rest;
    port_ = has_port ? rest.substr(colon + 1) : "443";
    if (host_.starts_with('[') && host_.ends_with(']')) {
        host_ = host_.substr(1, host_.size() - 2);
    }
    if (host_.empty() || port_.empty() || rest.find('/') != std::string::npos ||
        !is_printable(rest)) {
        refuse("it has no host, or more than host and port");
    }
    if (to_.token.empty() || !is_printable(to_.token)) {
        throw client_error(kind::invalid, "a URL needs a token of visible characters",
                           "`lastcall token NAME --role ROLE` makes one, where the agent runs");
    }
}

std::string api_client::name() const {
    return "the agent at " + (to_.url.empty() ? to_.socket : to_.url);
}

std::string api_client::head_of(const question& what) const {
    std::string head = what.method + " " + what.target +
                       " HTTP/1.1\r\nHost: " + (host_.empty() ? "localhost" : host_) +
                       "\r\nConnection: close\r\n";
    if (!to_.token.empty()) {
        head += "Authorization: Bearer " + to_.token + "\r\n";
    }
    if (!what.type.empty()) {
        head += "Content-Type: " + what.type + "\r\n";
    }
    if (what.method == "POST") {
        head += "Content-Length: " + std::to_string(what.body.size()) + "\r\n";
    }
    for (const auto& [field, value] : what.more) {
        if ((field + value).find_first_of("\r\n") != std::string::npos) {
            throw client_error(kind::invalid, "a line break in the field " + field);
        }
        head.append(field).append(": ").append(value).append("\r\n");
    }
    return head + "\r\n";
}

std::string api_client::ask(const question& what) {
    std::unique_ptr<client_channel> channel;
    const std::string head = head_of(what);
    if (to_.url.empty()) {
        try {
            channel = connect_local(to_.socket);
        } catch (const system_error& e) {
            explain_local(to_.socket, e);
        }
        check_owner(*channel, to_.socket);
    } else {
        try {
            channel = connect_tls(host_, port_, to_.ca_file);
        } catch (const system_error& e) {
            throw client_error(kind::no_agent,
                               "cannot connect to " + to_.url + ": " + e.code().message());
        }
    }
    try {
        channel->write(head + what.body);
        return read_answer(*channel, what);
    } catch (const system_error& e) {
        const bool is_late = e.code() == beast::error::timeout;
        throw client_error(kind::lost,
                           name() + (is_late ? " does not answer"
                                             : " broke the connection: " + e.code().message()),
                           "look with `lastcall status` whether it was done");
    }
}

// Returns: the body of a 200-something that nobody took in pieces.
std::string api_client::read_answer(client_channel& from, const question& what) {
    parser got;
    got.eager(true);
    got.body_limit(boost::none);
    std::string kept;
    std::string body;
    std::array<char, 16384> room;
    bool is_checked = false;
    while (!got.is_done()) {
        const std::size_t n = from.read(room.data(), room.size(), what.patience);
        beast::error_code error;
        if (n == 0) {
            error = beast::http::error::end_of_stream;
            if (got.is_header_done()) {
                got.put_eof(error);
            }
            if (error) {
                throw system_error(error);
            }
            break;
        }
        kept.append(room.data(), n);
        while (!kept.empty() && !got.is_done()) {
            const std::size_t used = got.put(boost::asio::buffer(kept.data(), kept.size()), error);
            kept.erase(0, used);
            if (error && error != beast::http::error::need_more) {
                throw system_error(error);
            }
            if (used == 0 || error) {
                break;
            }
        }
        if (got.is_header_done() && !std::exchange(is_checked, true)) {
            check_version(text_of_field(got, "Lastcall-Api"), got.get().result_int());
            agent_version_ = text_of_field(got, "Lastcall-Version");
        }
        if (got.is_header_done()) {
            std::string& piece = got.get().body();
            if (what.take && got.get().result_int() == 200) {
                if (!piece.empty() && !what.take(piece)) {
                    return {};
                }
            } else if (body.append(piece).size() > largest_answer) {
                throw client_error(kind::lost, name() + " answers with more than 64 MiB");
            }
            piece.clear();
        }
    }
    if (got.get().result_int() >= 300) {
        throw_refusal(got, body, name());
    }
    return body;
}

// What the server itself refuses, as a body that is too large, has no such field.
void api_client::check_version(const std::string& api, unsigned status) const {
    if (api.empty() && status >= 400) {
        return;
    }
    if (api.empty()) {
        throw client_error(kind::other_version, "what answers is not " + name());
    }
    if (api != std::to_string(api_number)) {
        throw client_error(kind::other_version,
                           name() + " is of another version: it speaks API " + api +
                               ", this is API " + std::to_string(api_number),
                           "use the `lastcall` that the agent was started with");
    }
}

api_client::json api_client::ask_json(const question& what) {
    const std::string body = ask(what);
    json made = json::parse(body, nullptr, false);
    if (made.is_discarded()) {
        throw client_error(kind::other_version,
                           name() + " answers " + what.target + " with something that is no JSON");
    }
    return made;
}

api_client::json api_client::get(const std::string& target) {
    question what;
    what.method = "GET";
    what.target = target;
    return ask_json(what);
}

api_client::json api_client::post(const std::string& target, const json& body, const fields& more) {
    question what;
    what.method = "POST";
    what.target = target;
    what.type = "application/json";
    what.body = text_of(body);
    what.more = more;
    return ask_json(what);
}

api_client::json api_client::apply(const std::string& yaml, const std::string& file) {
    question what;
    what.method = "POST";
    what.target = "/v1/apply?file=" + encode_part(file);
    what.type = "application/yaml";
    what.body = yaml;
    return ask_json(what);
}

std::string api_client::text(const std::string& target) {
    question what;
    what.method = "GET";
    what.target = target;
    return ask(what);
}

api_client::event_end api_client::follow_events(const event_wish& wish,
                                                const std::function<bool(const json& row)>& take) {
    question what;
    what.method = "GET";
    what.target = "/v1/events?service=" + encode_part(wish.service) + "&kind=";
    for (const std::string& one : wish.kinds) {
        what.target.append(what.target.ends_with('=') ? "" : ",").append(encode_part(one));
    }
    if (wish.after) {
        what.target += "&after=" + std::to_string(*wish.after);
    }
    event_end end;
    event_reader reader;
    what.patience = without_heartbeat;
    what.take = [&](std::string_view piece) {
        return reader.take(piece, [&](const event_reader::event& one) {
            json data = json::parse(one.data, nullptr, false);
            if (one.id.empty()) {  // not of the journal: why the stream ends
                end.reason = data.is_object() ? data.value("reason", one.kind) : one.kind;
                return true;
            }
            end.last = read_whole(one.id).value_or(end.last);
            return take(data);
        });
    };
    ask(what);
    return end;
}

void api_client::read_log(const std::string& service, std::size_t tail, bool follow,
                          const std::function<bool(std::string_view piece)>& take) {
    question what;
    what.method = "GET";
    what.target = service_path(service, "logs") + "?tail=" + std::to_string(tail) +
                  (follow ? "&follow=1" : "");
    what.take = take;
    if (follow) {
        what.patience.reset();
    }
    ask(what);
}

std::string service_path(const std::string& name, std::string_view part) {
    std::string made = "/v1/services/" + encode_part(name);
    return part.empty() ? made : made.append("/").append(part);
}

}  // namespace lastcall::agent
