// From settings to the load: which lanes, where to.
#include <algorithm>

#include "drill/contract/check_subject.hpp"
#include "drill/contract/settings.hpp"
#include "drill/contract/url.hpp"
#include "sys/socket/resolve.hpp"

namespace lastcall::drill {
namespace {

using namespace std::chrono_literals;

/// Where a setting was written: its line of the contract file, or its option. The command line
/// has the last word, and then the line is not the one that counts.
std::string place_of(const settings& chosen, const std::string& option, const std::string& key) {
    const auto line = chosen.source_lines.find(key);
    if (line == chosen.source_lines.end() || chosen.from_command_line.contains(option)) {
        return option;
    }
    return chosen.source.string() + ":" + std::to_string(line->second) + ": " + key;
}

/// One of the endpoints as a target of the server that `base` names.
std::string target_of(const std::string& given, const url_parts& base, const std::string& name) {
    if (given.empty() || given.starts_with('/')) {
        return given;
    }
    std::string problem;
    std::string_view text = given;
    std::string as_http;
    if (text.starts_with("ws")) {  // ws:// and wss:// are http and https with another name
        as_http = "http" + given.substr(2);
        text = as_http;
    }
    const auto parts = parse_url(text, problem);
    if (!parts) {
        throw settings_error(name + ": \"" + given + "\" " + problem +
                             "; write a URL, or a path such as /slow");
    }
    if (!parts->is_same_server(base)) {
        throw settings_error(name + ": \"" + given +
                             "\" is of another server than the url; a drill watches one");
    }
    return parts->target;
}

struct usual_lane {
    lane_plan plan;
    const std::string& needs;  ///< the target; empty: the lane is left out
    const char* option;        ///< that gives it
};

/// The mix where no profile says otherwise.
std::vector<usual_lane> usual_mix(const endpoints& at, const load_target& target) {
    const auto lane = [&at](lane_kind kind, int clients) {
        lane_plan made;
        made.body = at.body;
        made.content_type = at.content_type;
        made.kind = kind;
        made.clients = clients;
        return made;
    };
    std::vector<usual_lane> all;
    const auto add = [&all](lane_plan plan, const std::string& needs, const char* option) {
        plan.get = needs;
        all.push_back({std::move(plan), needs, option});
    };
    auto pool = lane(lane_kind::pool, 40);
    pool.think = 20ms;
    pool.post = at.post;
    pool.post_share = at.post.empty() ? 0 : 0.3;
    add(pool, at.url, "--url");
    auto fresh = lane(lane_kind::fresh, 10);
    fresh.think = 20ms;
    add(fresh, at.url, "--url");
    auto open = lane(lane_kind::open, 20);
    open.rate = 200;
    open.poisson = true;
    add(open, at.url, "--url");
    auto busy = lane(lane_kind::busy, 10);
    busy.takes = 300ms;
    add(busy, at.slow, "--slow");
    auto up = lane(lane_kind::slow_up, 5);
    up.takes = 1s;
    up.post = at.upload;
    add(up, at.upload, "--upload");
    auto down = lane(lane_kind::slow_down, 10);
    down.takes = 1s;
    add(down, at.download, "--download");
    auto stream = lane(lane_kind::stream, 5);
    stream.takes = 2s;
    add(stream, at.stream, "--stream");
    add(lane(lane_kind::websocket, 20), at.websocket, "--ws");
    add(lane(lane_kind::silent, 5), at.url, "--url");
    add(lane(lane_kind::idle, 5), at.url, "--url");
    add(lane(lane_kind::half_head, 5), at.url, "--url");
    auto half = lane(lane_kind::half_body, 5);
    half.post = at.post;
    add(half, at.post, "--post");
    add(lane(lane_kind::pipelined, 5), at.url, "--url");
    if (target.uses_tls) {
        add(lane(lane_kind::handshake, 5), at.url, "--url");
    }
    auto h2 = lane(lane_kind::h2, 12);
    h2.takes = 300ms;
    add(h2, at.slow.empty() ? at.url : at.slow, "--url");
    auto probe = lane(lane_kind::probe, 1);
    probe.every = 50ms;
    add(probe, at.ready, "--ready");
    return all;
}

/// A profile's lane takes the endpoint of its kind where it names none.
void fill_target(lane_plan& lane, const endpoints& at) {
    const auto fill = [](std::string& into, const std::string& with) {
        if ((into.empty() || into == "/") && !with.empty()) {
            into = with;
        }
    };
    switch (lane.kind) {
        case lane_kind::busy:
            fill(lane.get, at.slow);
            break;
        case lane_kind::slow_down:
            fill(lane.get, at.download);
            break;
        case lane_kind::slow_up:
            fill(lane.post, at.upload);
            break;
        case lane_kind::stream:
            fill(lane.get, at.stream);
            break;
        case lane_kind::websocket:
            fill(lane.get, at.websocket);
            break;
        case lane_kind::probe:
            fill(lane.get, at.ready);
            break;
        case lane_kind::half_body:
            fill(lane.post, at.post);
            break;
        default:
            fill(lane.get, at.url);
            fill(lane.post, lane.post_share > 0 ? at.post : std::string());
    }
}

void add_effects(settings& into, const url_parts& base) {
    auto& effects = into.effects;
    if (!effects.asked) {
        return;
    }
    if (effects.post.empty()) {
        effects.post = into.where.post;
    }
    effects.post = target_of(effects.post, base, "effects: post");
    effects.list = target_of(effects.list, base, "effects: list");
    if (effects.post.empty()) {
        throw settings_error("effects: no target for the POST; give --post or effects.post");
    }
    if (effects.list.empty() == effects.list_command.empty()) {
        throw settings_error(
            "effects: exactly one of list (a GET, asked after a restart) and list_command is "
            "needed, to see which effects are there");
    }
    bool any = false;
    for (auto& lane : into.load.lanes) {
        if (lane.post == effects.post) {
            if (lane.body.find("{id}") == std::string::npos) {
                if (lane.kind == lane_kind::slow_up) {
                    continue;  // its body need not be that of the other POSTs
                }
                throw settings_error("effects: the body \"" + lane.body +
                                     "\" has no {id}, so that no effect can be told from another");
            }
            lane.has_effect = true;
            any = true;
        }
    }
    if (!any) {
        throw settings_error("effects: no lane sends POST " + effects.post +
                             "; give a pool lane with post_share above 0");
    }
}

}  // namespace

void plan_load(settings& into, std::vector<lane_facts>& left_out) {
    auto& at = into.where;
    if (at.url.empty()) {
        throw settings_error(
            "no url: give --url http://127.0.0.1:8080/, or write {port} where "
            "the command wants its port");
    }
    check_subject(into);
    std::string problem;
    const auto base = parse_url(at.url, problem);
    if (!base) {
        throw settings_error(
            place_of(into, "--url", "endpoints.url") + ": \"" + at.url + "\" " +
            (at.url.starts_with('/')
                 ? "is a path, of which server is not said; write {port} where the "
                   "command wants its port, or http://127.0.0.1:8080" +
                       at.url
                 : problem + "; write http://127.0.0.1:8080/"));
    }
    auto& target = into.load.target;
    const auto found = sys::resolve(base->host, base->port, problem);
    if (!found) {
        throw settings_error("--url: the host \"" + base->host + "\" is not known: " + problem);
    }
    target.at = *found;
    target.host = base->authority;
    target.uses_tls = base->uses_tls;
    if (!target.uses_tls && !target.authority.empty()) {
        throw settings_error(place_of(into, "--ca", "load.authority") +
                             ": the url is not https, there is no certificate to verify");
    }
    const endpoints whole = at;
    at.url = base->target;
    const auto target_at = [&](const std::string& given, const char* option, const char* key) {
        return target_of(given, *base, place_of(into, option, key));
    };
    at.post = target_at(whole.post, "--post", "endpoints.post");
    at.slow = target_at(whole.slow, "--slow", "endpoints.slow");
    at.download = target_at(whole.download, "--download", "endpoints.download");
    at.upload =
        whole.upload.empty() ? at.post : target_at(whole.upload, "--upload", "endpoints.upload");
    at.stream = target_at(whole.stream, "--stream", "endpoints.stream");
    at.websocket = target_at(whole.websocket, "--ws", "endpoints.websocket");
    at.ready = target_at(whole.ready, "--ready", "endpoints.ready");
    into.load.lanes.clear();
    if (!into.lanes.empty()) {
        for (auto lane : into.lanes) {
            fill_target(lane, at);
            into.load.lanes.push_back(std::move(lane));
        }
    } else {
        for (auto& one : usual_mix(at, target)) {
            if (one.needs.empty()) {
                left_out.push_back({one.plan.label(), one.plan.clients, true,
                                    std::string("no ") + one.option + " was given"});
            } else {
                into.load.lanes.push_back(std::move(one.plan));
            }
        }
        for (const auto& more : into.more_urls) {
            lane_plan lane;
            lane.get = target_of(more, *base, "--url");
            lane.name = "pool " + lane.get;
            lane.think = 20ms;
            into.load.lanes.push_back(std::move(lane));
        }
    }
    add_effects(into, *base);
    into.load.samples_per_cell = into.expected.samples_per_cell;
    into.expected.grace = into.sequence.grace;
    into.expected.route_lag = into.sequence.route_lag;
    // A manager may start again what is not ours, and a successor has the port.
    into.expected.tries_port =
        !into.who.command.empty() && into.sequence.kind != sequence_kind::rolling;
    into.expected.ends = !into.sequence.is_lived_through();
    into.expected.second_number = into.sequence.second_signal.value_or(0);
    into.expected.has_probe = std::ranges::any_of(
        into.load.lanes, [](const lane_plan& lane) { return lane.kind == lane_kind::probe; });
    if (into.expected.exit_within > into.sequence.grace) {
        throw settings_error(
            place_of(into, "--exit-within", "exit.within") + " is longer than the grace of " +
            std::to_string(into.sequence.grace / 1ms) + " ms, after which it is killed");
    }
}

}  // namespace lastcall::drill
