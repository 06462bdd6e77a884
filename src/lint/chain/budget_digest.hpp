// What one file says about the time that a stop takes, kept until all files of a call were looked
// at: who it is about, by what it can be joined to others, and the times with their places.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lint/text/place.hpp"
#include "lint/text/suppression.hpp"

namespace lastcall::lint {

/// A place that is told when its file is not at hand any more.
struct kept_place {
    std::string file;  ///< as it is shown
    place at;
    std::string excerpt;  ///< of its line; short
};

/// A time, and who says so.
struct budget_term {
    std::chrono::milliseconds value{0};
    std::string what;  ///< "graceful_timeout"
    kept_place where;
    bool is_default = false;  ///< nobody wrote it: `where` is what it holds for
    bool may_be_set = false;  ///< a default, and a file that nobody reads here may say otherwise
    std::string limit{};      ///< the setting that would end it sooner; empty: `what` itself
};

enum class digest_kind : std::uint8_t {
    image,          ///< a Dockerfile: what its program does
    container,      ///< what a platform runs, and when it kills it: a unit, too
    configuration,  ///< of a program
    build,          ///< a command or a file that says what an image is built from
    command,        ///< that stops something, and waits
    front,          ///< what keeps connections to servers, and sends requests on them
    route,          ///< a Service: a name that a front uses for pods
};

/// A file or a folder of a build context, and where it lies in the image.
struct copied_path {
    std::string from;
    std::string to;
};

/// The letters are those of docs/lint.md: P + L + D + M <= K <= W.
struct budget_digest {
    digest_kind kind = digest_kind::image;
    std::string name;  ///< "Deployment web"
    kept_place where;
    std::string said_in;  ///< the file of `where`, as files are compared; digest_store writes it

    // What it is joined by; empty: by nothing of that kind.
    std::string program;              ///< "gunicorn"
    std::string image;                ///< without tag: "example.com/web"
    std::string folder;               ///< of a build context, or of an image's Dockerfile
    std::string path;                 ///< of a configuration, or of a build's Dockerfile
    std::vector<copied_path> copies;  ///< of an image: what it takes in; of a pod: what it mounts
    std::string arguments;            ///< of the program
    std::vector<std::string> labels;  ///< "app=web": of the pods, or that a command selects by
    std::string container;            ///< the name that a command gives to, or stops
    std::string unit;                 ///< "web.service", which it is or a command stops
    bool is_for_all = false;          ///< a command that is for all containers of a node
    bool sets_grace = false;          ///< only that K of that name is written in this file
    bool has_own_command = false;     ///< a container whose image's command does not run
    std::vector<std::string> hosts;   ///< whom a front sends to; what a container or a route is
                                      ///< called by others

    std::optional<budget_term> announce;  ///< P: before the stop signal
    std::optional<budget_term> drain;     ///< D: of the program, or of who starts it and kills it
    std::optional<budget_term> kill;      ///< K: from the begin of the stop to SIGKILL
    std::optional<budget_term> wait;      ///< W: what a command leaves or waits
    /// How long a connection without requests stays: of a server its clients', of a front those to
    /// its servers.
    std::optional<budget_term> idle;

    std::vector<suppression> accepted;  ///< comments of its file that are about the chain
};

}  // namespace lastcall::lint
