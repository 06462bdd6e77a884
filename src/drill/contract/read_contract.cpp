// shutdown.yaml: every key of the contract, and where its value goes. docs/contract.md
// describes them.
#include "config/yaml_map.hpp"
#include "drill/contract/read_lanes.hpp"

namespace lastcall::drill {

using namespace config;

namespace {

/// Takers for members of one kind.
yaml_taker text(std::string& into) {
    return [&into](const auto& value, const auto& at) { into = text_of(value, at); };
}
yaml_taker truth(bool& into) {
    return [&into](const auto& value, const auto& at) { into = truth_of(value, at); };
}
yaml_taker duration(std::chrono::nanoseconds& into) {
    return [&into](const auto& value, const auto& at) { into = duration_of(value, at); };
}
yaml_taker command(std::vector<std::string>& into) {
    return [&into](const auto& value, const auto& at) { into = command_of(value, at); };
}
template <class Whole>
yaml_taker whole(Whole& into, std::int64_t least, std::int64_t most) {
    return [&into, least, most](const auto& value, const auto& at) {
        into = static_cast<Whole>(whole_of(value, at, least, most));
    };
}
yaml_taker signal(int& into) {
    return [&into](const auto& value, const auto& at) {
        into = to_signal(text_of(value, at), at.text());
    };
}

/// A value out of a few words.
template <class Value, class Find>
yaml_taker word(Value& into, Find find, const char* choice) {
    return [&into, find, choice](const auto& value, const auto& at) {
        const auto found = find(text_of(value, at));
        if (!found) {
            throw settings_error(at.text() + ": \"" + value.Scalar() + "\" is none of " + choice);
        }
        into = *found;
    };
}

yaml_taker map(yaml_keys keys, std::map<std::string, int>& lines) {
    return [keys = std::move(keys), &lines](const auto& value, const auto& at) {
        take_map(value, at, keys, &lines);
    };
}

yaml_keys endpoint_keys(endpoints& into) {
    return {{"url", text(into.url)},
            {"post", text(into.post)},
            {"slow", text(into.slow)},
            {"download", text(into.download)},
            {"upload", text(into.upload)},
            {"stream", text(into.stream)},
            {"websocket", text(into.websocket)},
            {"body", text(into.body)},
            {"content_type", text(into.content_type)},
            {"ready", text(into.ready)}};
}

yaml_keys pre_stop_keys(pre_stop_plan& into) {
    using kind = pre_stop_plan::kind;
    return {{"sleep",
             [&into](const auto& value, const auto& at) {
                 into.what = kind::sleep;
                 into.sleep = duration_of(value, at);
             }},
            {"http_get",
             [&into](const auto& value, const auto& at) {
                 into.what = kind::http_get;
                 into.url = text_of(value, at);
             }},
            {"exec", [&into](const auto& value, const auto& at) {
                 into.what = kind::exec;
                 into.exec = command_of(value, at);
             }}};
}

yaml_keys second_signal_keys(settings& into) {
    return {{"signal",
             [&into](const auto& value, const auto& at) {
                 into.sequence.second_signal = to_signal(text_of(value, at), at.text());
             }},
            {"after", duration(into.sequence.second_after)},
            {"effect", word(
                           into.expected.second_signal,
                           [](const std::string& given) {
                               return given == "ignored" || given == "forces" ? std::optional(given)
                                                                              : std::nullopt;
                           },
                           "ignored, forces")}};
}

void take_exit_codes(const YAML::Node& value, const yaml_place& at, std::vector<int>& into) {
    if (!value.IsSequence() || value.size() == 0) {
        throw settings_error(at.text() + ": a list is expected, as [0, 143]");
    }
    into.clear();
    for (const auto& one : value) {
        into.push_back(static_cast<int>(whole_of(one, at, 0, 255)));
    }
}

yaml_keys load_keys(settings& into) {
    return {{"for", duration(into.load_for)},
            {"patience", duration(into.load.patience)},
            {"route_jitter", duration(into.load.route_jitter)},
            {"seed", whole(into.load.seed, 0, UINT32_MAX)},
            {"samples_per_cell", whole(into.expected.samples_per_cell, 0, 10'000)},
            {"instance_field", text(into.load.instance_field)},
            {"authority", text(into.load.target.authority)},
            {"verify", truth(into.load.target.verifies)},
            {"lanes",
             [&into](const auto& value, const auto& at) { into.lanes = read_lanes(value, at); }}};
}

yaml_keys effects_keys(effects_plan& into) {
    into.asked = true;
    return {{"post", text(into.post)},
            {"list", text(into.list)},
            {"list_command", command(into.list_command)}};
}

yaml_keys contract_keys(settings& s) {
    auto& lines = s.source_lines;
    return {
        {"version",
         [](const auto& value, const auto& at) {
             if (whole_of(value, at, 0, INT32_MAX) != 1) {
                 throw settings_error(at.text() + ": is not known here; this lastcall reads 1");
             }
         }},
        {"sequence", word(s.sequence.kind, sequence_kind_from,
                          "plain, docker, systemd, kubernetes, rolling, reload, crash")},
        {"signal", signal(s.sequence.signal)},
        {"grace", duration(s.sequence.grace)},
        {"policy", word(s.expected.judge_by, policy_from, "strict, lb")},
        {"route_lag", duration(s.sequence.route_lag)},
        {"settle", duration(s.sequence.settle)},
        {"trials", whole(s.trials, 1, 1000)},
        {"sweep", whole(s.sweep, 0, 1000)},
        {"start_within", duration(s.start_within)},
        {"command", command(s.who.command)},
        {"unit_file",
         [&s](const auto& value, const auto& at) { s.unit_file = text_of(value, at); }},
        {"successor", command(s.successor)},
        {"event", command(s.sequence.event)},
        {"environment",
         [&s](const auto& value, const auto& at) {
             if (!value.IsMap()) {
                 throw settings_error(at.text() + ": a map is expected, as NAME: value");
             }
             for (const auto& one : value) {
                 s.environment.push_back(text_of(one.first, at) + "=" + text_of(one.second, at));
             }
         }},
        {"endpoints", map(endpoint_keys(s.where), lines)},
        {"pre_stop", map(pre_stop_keys(s.sequence.pre_stop), lines)},
        {"second_signal", map(second_signal_keys(s), lines)},
        {"lame_duck", map({{"min", duration(s.expected.lame_duck_at_least)}}, lines)},
        {"readiness", map({{"flips_within", duration(s.expected.not_ready_within)}}, lines)},
        {"idle", map({{"closed_within", duration(s.expected.idle_closed_within)}}, lines)},
        {"exit", map({{"within", duration(s.expected.exit_within)},
                      {"codes",
                       [&s](const auto& value, const auto& at) {
                           take_exit_codes(value, at, s.expected.exit_codes);
                       }}},
                     lines)},
        {"allowed",
         map({{"losses", whole(s.expected.allowed_losses, 0, INT64_MAX)},
              {"idle_races", whole(s.expected.allowed_idle_races, 0, INT64_MAX)},
              {"shedding", truth(s.expected.shedding_is_fine)},
              {"leftovers", [&s](const auto& value,
                                 const auto& at) { s.allowed_leftovers = texts_of(value, at); }}},
             lines)},
        {"load", map(load_keys(s), lines)},
        {"effects",
         [&s, &lines](const auto& value, const auto& at) {
             take_map(value, at, effects_keys(s.effects), &lines);
         }},
    };
}

}  // namespace

void read_contract(const std::filesystem::path& file, settings& into) {
    into.source = file;
    const auto all = load_yaml(file.string());
    take_map(all, {file.string(), {}, 1}, contract_keys(into), &into.source_lines);
}

void read_profile(const std::filesystem::path& file, settings& into) {
    const auto all = load_yaml(file.string());
    take_map(all, {file.string(), {}, 1}, load_keys(into));
}

}  // namespace lastcall::drill
