// The rules for compose files.
#include <array>

#include "lint/catalogue/catalogue.hpp"

namespace lastcall::lint {
namespace {

constexpr std::string_view grace_period =
    "Docker, Compose file reference: "
    "https://docs.docker.com/reference/compose-file/services/#stop_grace_period";
constexpr std::string_view stop_order =
    "Docker, Control startup and shutdown order in Compose: "
    "https://docs.docker.com/compose/how-tos/startup-order/";

constexpr std::array compose_table{
    rule{"C01", severity::warning, "the program needs longer than the default grace period",
         "Where nothing is said, a container gets SIGKILL 10 s after its stop signal. What the "
         "program may still be doing then is cut off.",
         grace_period, "Set stop_grace_period to what the program needs, and some seconds.",
         "services:\n  web:\n    image: python:3\n"
         "    command: gunicorn --graceful-timeout 30 app",
         "services:\n  web:\n    image: python:3\n    stop_grace_period: 40s\n"
         "    command: gunicorn --graceful-timeout 30 app"},
    rule{"C02", severity::warning, "the grace period is shorter than the stop",
         "When stop_grace_period is over the container gets SIGKILL, and what is in flight is "
         "lost.",
         grace_period, "Set stop_grace_period to what the program needs, and some seconds.",
         "services:\n  web:\n    image: python:3\n    stop_grace_period: 20s\n"
         "    command: gunicorn --graceful-timeout 30 app",
         "services:\n  web:\n    image: python:3\n    stop_grace_period: 40s\n"
         "    command: gunicorn --graceful-timeout 30 app"},
    rule{"C03", severity::error, "the stop signal does not end the program in order",
         "The container is stopped with a signal that nobody can handle, or that means something "
         "else to this program: end at once, reload, or nothing at all.",
         "Docker, Compose file reference: "
         "https://docs.docker.com/reference/compose-file/services/#stop_signal",
         "Set stop_signal to the signal on which the program ends in order.",
         "services:\n  web:\n    image: nginx:1.27\n    stop_signal: SIGTERM",
         "services:\n  web:\n    image: nginx:1.27\n    stop_signal: SIGQUIT"},
    rule{"C04", severity::note, "process 1 of the container has no handler for SIGTERM",
         "The kernel gives process 1 of a container only the signals that it has a handler for, so "
         "that a program without one runs on until it is killed.",
         "pid_namespaces(7), \"The namespace init process\": only signals that it handles come "
         "through",
         "Handle SIGTERM, or set init: true.",
         "# Dockerfile: CMD [\"node\", \"server.js\"], which has no handler\nservices:\n  web:\n"
         "    build: .",
         "# Dockerfile: CMD [\"node\", \"server.js\"], which has no handler\nservices:\n  web:\n"
         "    init: true\n    build: ."},
    rule{"C05", severity::error, "a shell in the command stays in front of the program",
         "The command starts a shell with -c, and the shell starts the program as its child. The "
         "stop signal ends at the shell, and the program is killed with all that is in flight. A "
         "command without sh -c is split into words, and starts no shell.",
         "Docker, Dockerfile reference: https://docs.docker.com/reference/dockerfile/#entrypoint",
         "Let the last command of the text begin with exec.",
         "services:\n  web:\n    image: node:20\n    restart: always\n"
         "    command: sh -c \"migrate && server\"",
         "services:\n  web:\n    image: node:20\n    restart: always\n"
         "    command: sh -c \"migrate && exec server\""},
    rule{"C06", severity::warning, "a database may be gone before the service that uses it",
         "Compose stops services in the inverse order of their dependencies, and at the same time "
         "where there are none. What the service writes while it stops finds no database then.",
         stop_order, "Add it to depends_on.",
         "services:\n  web:\n    image: example.com/web:1\n    environment:\n"
         "      DATABASE_URL: postgres://db/web\n  db:\n    image: postgres:16",
         "services:\n  web:\n    image: example.com/web:1\n    depends_on: [db]\n"
         "    environment:\n      DATABASE_URL: postgres://db/web\n  db:\n"
         "    image: postgres:16"},
    rule{"C07", severity::warning, "each update takes the only replica away first",
         "With order: stop-first, which is the default, nobody serves between the end of the old "
         "container and the readiness of the new one.",
         "Compose Specification, Deployment support: "
         "https://github.com/compose-spec/compose-spec/blob/main/deploy.md#update_config",
         "Set order: start-first, or run more than one replica.",
         "services:\n  web:\n    image: example.com/web:1\n    ports: [\"80:80\"]\n    deploy:\n"
         "      update_config: {order: stop-first}",
         "services:\n  web:\n    image: example.com/web:1\n    ports: [\"80:80\"]\n    deploy:\n"
         "      update_config: {order: start-first}"},
    rule{"C08", severity::warning, "a pre_stop hook does not wait for what it asks for",
         "The stop signal comes when the hook has ended. A hook that only asks for an orderly end "
         "has that end cut off; one that never ends keeps the stop from happening.",
         "Docker, Using lifecycle hooks with Compose: "
         "https://docs.docker.com/compose/how-tos/lifecycle/",
         "Set stop_signal to what the hook sends, or let the hook wait for the end.",
         "services:\n  web:\n    image: example.com/web:1\n    pre_stop:\n"
         "      - command: kill -QUIT 1",
         "services:\n  web:\n    image: example.com/web:1\n    stop_signal: SIGQUIT"},
    rule{"C09", severity::warning, "the network of the service is taken away before it",
         "Of network_mode only service:NAME is an order for Compose. What container:NAME names may "
         "be stopped first, and with it goes the network in which this service drains.",
         stop_order, "Write network_mode: service:NAME.",
         "services:\n  vpn:\n    image: example.com/vpn:1\n    container_name: vpn\n  web:\n"
         "    image: example.com/web:1\n    network_mode: container:vpn",
         "services:\n  vpn:\n    image: example.com/vpn:1\n    container_name: vpn\n  web:\n"
         "    image: example.com/web:1\n    network_mode: service:vpn"},
    rule{"C10", severity::warning, "a script gives the service less time than this file does",
         "The option -t takes the place of stop_grace_period, and kill sends SIGKILL at once.",
         "Docker, docker compose stop: https://docs.docker.com/reference/cli/docker/compose/stop/",
         "Take -t out of the script, and let the file say how long it takes.",
         "# deploy.sh: docker compose down -t 5\nservices:\n  web:\n"
         "    image: example.com/web:1\n    stop_grace_period: 60s",
         "# deploy.sh: docker compose down\nservices:\n  web:\n"
         "    image: example.com/web:1\n    stop_grace_period: 60s"},
};

}  // namespace

std::span<const rule> compose_rules() { return compose_table; }

}  // namespace lastcall::lint
