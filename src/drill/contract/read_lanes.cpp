#include "drill/contract/read_lanes.hpp"

namespace lastcall::drill {

using namespace config;

namespace {

yaml_keys lane_keys(lane_plan& lane) {
    return {
        {"kind",
         [&lane](const auto& value, const auto& at) {
             const auto kind = lane_kind_from(text_of(value, at));
             if (!kind) {
                 std::string all;
                 for (const auto one : all_lane_kinds()) {
                     all.append(all.empty() ? "" : ", ").append(to_string(one));
                 }
                 throw settings_error(at.text() + ": \"" + value.Scalar() + "\" is none of " + all);
             }
             lane.kind = *kind;
         }},
        {"name", [&lane](const auto& value, const auto& at) { lane.name = text_of(value, at); }},
        {"clients",
         [&lane](const auto& value, const auto& at) {
             lane.clients = static_cast<int>(whole_of(value, at, 1, 1'000'000));
         }},
        {"streams",
         [&lane](const auto& value, const auto& at) {
             lane.streams = static_cast<int>(whole_of(value, at, 1, 1000));
         }},
        {"rate", [&lane](const auto& value, const auto& at) { lane.rate = number_of(value, at); }},
        {"poisson",
         [&lane](const auto& value, const auto& at) { lane.poisson = truth_of(value, at); }},
        {"think",
         [&lane](const auto& value, const auto& at) { lane.think = duration_of(value, at); }},
        {"takes",
         [&lane](const auto& value, const auto& at) { lane.takes = duration_of(value, at); }},
        {"every",
         [&lane](const auto& value, const auto& at) { lane.every = duration_of(value, at); }},
        {"ramp",
         [&lane](const auto& value, const auto& at) { lane.ramp = duration_of(value, at); }},
        {"get", [&lane](const auto& value, const auto& at) { lane.get = text_of(value, at); }},
        {"post", [&lane](const auto& value, const auto& at) { lane.post = text_of(value, at); }},
        {"post_share",
         [&lane](const auto& value, const auto& at) {
             lane.post_share = number_of(value, at);
             if (lane.post_share > 1) {
                 throw settings_error(at.text() + ": a share is from 0 to 1, as 0.3");
             }
         }},
        {"body", [&lane](const auto& value, const auto& at) { lane.body = text_of(value, at); }},
        {"content_type",
         [&lane](const auto& value, const auto& at) { lane.content_type = text_of(value, at); }},
    };
}

}  // namespace

std::vector<lane_plan> read_lanes(const YAML::Node& list, const yaml_place& at) {
    if (!list.IsSequence() || list.size() == 0) {
        throw settings_error(at.text() + ": a list of lanes is expected, each with its kind");
    }
    std::vector<lane_plan> made;
    for (const auto& one : list) {
        yaml_place here = at;
        here.line = one.Mark().line + 1;
        here.path += "[" + std::to_string(made.size()) + "]";
        lane_plan lane;
        take_map(one, here, lane_keys(lane));
        if (!one["kind"]) {
            throw settings_error(here.text() + ": has no kind, as kind: pool");
        }
        made.push_back(std::move(lane));
    }
    return made;
}

}  // namespace lastcall::drill
