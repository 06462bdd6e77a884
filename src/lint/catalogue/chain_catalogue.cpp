// The rules for the chain of times across files.
#include <array>

#include "lint/catalogue/catalogue.hpp"

namespace lastcall::lint {
namespace {

constexpr std::string_view chain_source =
    "docs/lint.md; Kubernetes, Pod Lifecycle: "
    "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination";

constexpr std::array chain_table{
    rule{"CH01", severity::warning, "what has to fit into a stop does not, across files",
         "What comes before the stop signal (P), the drain of the program (D) and a reserve (M) "
         "have to be over before SIGKILL comes (K). Each file looks right by itself; together the "
         "work that needs the whole of its time is cut off.",
         chain_source, "Raise K, or lower what has to fit into it.",
         "Dockerfile:  CMD [\"gunicorn\", \"--graceful-timeout\", \"60\", \"app\"]\n"
         "web.yaml:    terminationGracePeriodSeconds: 30",
         "Dockerfile:  CMD [\"gunicorn\", \"--graceful-timeout\", \"60\", \"app\"]\n"
         "web.yaml:    terminationGracePeriodSeconds: 75"},
    rule{
        "CH02", severity::warning, "a command leaves less time than what it stops has asked for",
        "A grace period on the command line takes the place of the one that the service was given, "
        "and what is in flight is cut off. When a limit is over, the stop goes on and nobody waits "
        "for it.",
        "kubectl delete: https://kubernetes.io/docs/reference/kubectl/generated/kubectl_delete/ "
        "and "
        "docker stop: https://docs.docker.com/reference/cli/docker/container/stop/",
        "Leave the time out, or give at least what the service needs.",
        "deploy.sh:   kubectl delete pod -l app=web --grace-period=30\n"
        "web.yaml:    terminationGracePeriodSeconds: 90",
        "deploy.sh:   kubectl delete pod -l app=web\n"
        "web.yaml:    terminationGracePeriodSeconds: 90"},
    rule{"CH03", severity::note, "it cannot be proven that a service stops in time",
         "Its program waits for its work as long as that takes where nobody limits it, and no file "
         "that was looked at does. It may end in time, or be killed.",
         chain_source, "Set the limit in a file that is looked at.",
         "Dockerfile:  CMD [\"uvicorn\", \"app:app\"]\nweb.yaml:    kind: Deployment",
         "Dockerfile:  CMD [\"uvicorn\", \"app:app\", \"--timeout-graceful-shutdown\", \"20\"]\n"
         "web.yaml:    kind: Deployment"},
    rule{"CH04", severity::warning,
         "a server closes idle connections before what is in front of it",
         "What is in front keeps connections to the server, and sends its next request on one of "
         "them. When the server closes it at the same moment the request is lost: the client gets "
         "502. The side that sends has to close first.",
         "AWS, Edit attributes for your Application Load Balancer: "
         "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
         "edit-load-balancer-attributes.html#connection-idle-timeout; "
         "https://github.com/nodejs/node/issues/27363",
         "Let the server keep idle connections for longer than what is in front of it does.",
         "Dockerfile:   CMD [\"uvicorn\", \"app:app\", \"--timeout-keep-alive\", \"5\"]\n"
         "ingress.yaml: ingressClassName: alb",
         "Dockerfile:   CMD [\"uvicorn\", \"app:app\", \"--timeout-keep-alive\", \"75\"]\n"
         "ingress.yaml: ingressClassName: alb"},
};

}  // namespace

std::span<const rule> chain_rules() { return chain_table; }

}  // namespace lastcall::lint
