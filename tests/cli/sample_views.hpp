// What an agent answers, as docs/agent-api.yaml has it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "cli/status_text.hpp"
#include "cli/time_words.hpp"

namespace lastcall::testing {

/// A screen without colours and limits, with UTF-8.
inline cli::text_style style_at(const std::string& now) {
    return {{}, cli::to_time(now).value_or(std::chrono::nanoseconds(0)), {}};
}

inline nlohmann::json sample_deploy() {
    return nlohmann::json::parse(R"json({
        "number": 7, "service": "web", "from": 3, "to": 4, "state": "baking", "is_final": false,
        "reason": "", "asked_by": {"kind": "user", "name": "alice", "text": "alice (uid 1000)"},
        "note": "fix of the login", "command": ["node", "server v2.js"],
        "digest": "sha256:4f1c20ab", "asked": "2026-11-21T12:00:05.000Z", "approvers": [],
        "is_rollback": false,
        "entered": [{"state": "planned", "at": "2026-11-21T12:00:05.001Z"},
                    {"state": "approved", "at": "2026-11-21T12:00:05.001Z"},
                    {"state": "spawned", "at": "2026-11-21T12:00:05.020Z"},
                    {"state": "ready", "at": "2026-11-21T12:00:06.790Z"},
                    {"state": "cut", "at": "2026-11-21T12:00:06.790Z"},
                    {"state": "baking", "at": "2026-11-21T12:00:06.800Z"}]})json");
}

inline nlohmann::json sample_agent() {
    auto made = nlohmann::json::parse(R"json({
        "version": "0.1.0", "pid": 11, "keeper_pid": 10, "home": "/var/lib/lastcall",
        "started": "2026-11-18T10:00:00.000Z", "degraded": [], "is_stopping": false,
        "journal_is_good": true,
        "services": [
          {"name": "web", "state": "deploying", "reason": "", "restarts": 0,
           "log_dropped_bytes": 0, "degraded": [],
           "generations": [
             {"number": 3, "role": "current", "state": "ready", "pid": 1200, "main_pid": 1203,
              "command": ["node", "server.js"], "digest": "sha256:aa",
              "started": "2026-11-21T10:00:00.000Z", "ready_after_ms": 812.4,
              "resident_bytes": 44040192, "status": ""},
             {"number": 4, "role": "new", "state": "ready", "pid": 1300, "main_pid": 0,
              "command": ["node", "server v2.js"], "digest": "sha256:bb",
              "started": "2026-11-21T12:00:05.000Z", "ready_after_ms": 312.0,
              "resident_bytes": 0, "status": "warm"}],
           "sockets": [
             {"name": "http", "address": "tcp:127.0.0.1:8080", "handover": "intercept",
              "queued": 3},
             {"name": "admin", "address": "unix:/run/web.sock", "handover": "inherit",
              "queued": 0}]},
          {"name": "worker", "state": "failed", "reason": "it ended 10 times within 2 min",
           "restarts": 10, "log_dropped_bytes": 0, "degraded": [], "generations": [],
           "sockets": []}]})json");
    made["services"][0]["deploy"] = sample_deploy();
    return made;
}

}  // namespace lastcall::testing
