// The rules for Kubernetes manifests.
#include <array>

#include "lint/catalogue/catalogue.hpp"

namespace lastcall::lint {
namespace {

constexpr std::string_view pod_end =
    "Kubernetes, Pod Lifecycle: "
    "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination";
constexpr std::string_view hooks =
    "Kubernetes, Container Lifecycle Hooks: "
    "https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/";
constexpr std::string_view probes =
    "Kubernetes, Configure Probes: https://kubernetes.io/docs/tasks/configure-pod-container/"
    "configure-liveness-readiness-startup-probes/";
constexpr std::string_view deployments =
    "Kubernetes, Deployments: "
    "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy";

constexpr std::array kubernetes_table{
    rule{"K01", severity::error, "a pod has no time between the stop signal and SIGKILL",
         "The kubelet sends SIGKILL when terminationGracePeriodSeconds are over. With 0 or 1 "
         "nothing that is in flight can be brought to its end.",
         pod_end,
         "Set terminationGracePeriodSeconds to what the program needs to stop, and some seconds.",
         "spec:\n  terminationGracePeriodSeconds: 0", "spec:\n  terminationGracePeriodSeconds: 60"},
    rule{"K02", severity::error, "preStop takes the whole grace period",
         "The grace period begins with preStop. When the hook is still running at its end, the "
         "kubelet adds 2 s once, and then the program is killed: its drain never happens.",
         hooks, "Make terminationGracePeriodSeconds longer than preStop and the drain together.",
         "spec:\n  terminationGracePeriodSeconds: 30\n  containers:\n    - name: web\n"
         "      lifecycle:\n        preStop: {sleep: {seconds: 30}}",
         "spec:\n  terminationGracePeriodSeconds: 60\n  containers:\n    - name: web\n"
         "      lifecycle:\n        preStop: {sleep: {seconds: 30}}"},
    rule{"K03", severity::warning, "the drain of the program does not fit into the grace period",
         "The program may go on with its work for longer than the kubelet waits for it. What needs "
         "the whole of its time is cut off by SIGKILL.",
         pod_end, "Make the grace period longer than preStop and the program's own limit.",
         "spec:\n  containers:\n    - name: web\n"
         "      command: [gunicorn, --graceful-timeout, \"60\", app]",
         "spec:\n  terminationGracePeriodSeconds: 75\n  containers:\n    - name: web\n"
         "      command: [gunicorn, --graceful-timeout, \"60\", app]"},
    rule{"K04", severity::warning, "nothing keeps a pod open until its route is gone",
         "The pod is taken out of its Service at the same time as it gets the stop signal, and "
         "that takes a while to reach every node. Who connects meanwhile finds nobody.",
         pod_end,
         "Add preStop: {sleep: {seconds: 5}}, or keep accepting connections for that long; if the "
         "program does, accept this finding with that reason.",
         "containers:\n  - name: web\n    image: example.com/web:1",
         "containers:\n  - name: web\n    image: example.com/web:1\n    lifecycle:\n"
         "      preStop: {sleep: {seconds: 5}}"},
    rule{"K05", severity::error, "preStop runs a tool that the image does not have",
         "The hook fails at once (FailedPreStopHook), and the stop signal comes without the delay "
         "that the hook was there for.",
         hooks, "Use the sleep action, which needs nothing in the image.",
         "- image: gcr.io/distroless/static\n  lifecycle:\n"
         "    preStop: {exec: {command: [sleep, \"5\"]}}",
         "- image: gcr.io/distroless/static\n  lifecycle:\n    preStop: {sleep: {seconds: 5}}"},
    rule{
        "K06", severity::warning, "preStop asks for an orderly stop and does not wait for it",
        "The command comes back at once. The stop signal that follows it means \"end now\" to "
        "many of the programs that have a request of their own for an orderly end.",
        hooks,
        "Wait behind it until the program has ended, or set the stop signal that it ends in order "
        "on.",
        "preStop:\n  exec: {command: [nginx, -s, quit]}",
        "preStop:\n  exec:\n    command: [sh, -c, \"nginx -s quit; while [ -e /run/nginx.pid ]; do "
        "sleep 1; done\"]"},
    rule{"K07", severity::warning, "a Service sends to a container without a readinessProbe",
         "A new pod counts as ready when its process exists. A rollout then ends the old pods "
         "before the new ones can serve.",
         probes, "Add a readinessProbe.", "- name: web\n  ports: [{containerPort: 8080}]",
         "- name: web\n  ports: [{containerPort: 8080}]\n  readinessProbe:\n"
         "    httpGet: {path: /ready, port: 8080}"},
    rule{
        "K08", severity::warning, "a load balancer learns too late that a pod is gone",
        "With externalTrafficPolicy: Local a load balancer sends to the nodes that have a pod, and "
        "learns by its health check that one has none any more. Until then its connections come "
        "to a pod that is stopping.",
        "Kubernetes, Virtual IPs and Service Proxies: "
        "https://kubernetes.io/docs/reference/networking/virtual-ips/",
        "Let preStop wait for longer than the interval times the threshold, or lower these.",
        "aws-load-balancer-healthcheck-interval: \"10\"\n"
        "aws-load-balancer-healthcheck-unhealthy-threshold: \"3\"\n"
        "preStop: {sleep: {seconds: 5}}",
        "aws-load-balancer-healthcheck-interval: \"5\"\n"
        "aws-load-balancer-healthcheck-unhealthy-threshold: \"2\"\n"
        "preStop: {sleep: {seconds: 15}}"},
    rule{
        "K09", severity::warning, "a livenessProbe cuts a drain short",
        "A probe with a grace period of its own kills after that one. A program that says \"not "
        "ready\" before it drains, where that is asked for liveness too, is taken for broken; only "
        "of a pod that is being deleted the kubelet (since 1.21) asks no more.",
        probes,
        "Ask for liveness at a path of its own, and leave its terminationGracePeriodSeconds out.",
        "livenessProbe:\n  httpGet: {path: /live, port: 8080}\n  terminationGracePeriodSeconds: 5",
        "livenessProbe:\n  httpGet: {path: /live, port: 8080}"},
    rule{"K10", severity::warning, "each deployment takes all pods away first",
         "Between the end of the old pods and the readiness of the new ones nobody serves.",
         deployments, "Use RollingUpdate with a maxSurge of 1 or more.",
         "spec:\n  replicas: 2\n  strategy: {type: Recreate}",
         "spec:\n  replicas: 2\n  strategy: {type: RollingUpdate}"},
    rule{"K11", severity::warning, "a proxy beside the program does not outlast its drain",
         "All containers of a pod get the stop signal at the same time. A proxy that ends first "
         "takes the connections of the program with it.",
         "Kubernetes, Sidecar Containers: "
         "https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/",
         "Make it an init container with restartPolicy: Always, which is stopped last, or have it "
         "wait for its connections.",
         "containers:\n  - name: web\n    image: example.com/web:1\n  - name: proxy\n"
         "    image: envoyproxy/envoy:v1.30.1",
         "initContainers:\n  - name: proxy\n    image: envoyproxy/envoy:v1.30.1\n"
         "    restartPolicy: Always\ncontainers:\n  - name: web\n    image: example.com/web:1"},
    rule{"K12", severity::error, "a shell in the command stays in front of the program",
         "The container starts a shell with -c, and the shell starts the program as its child. The "
         "stop signal ends at the shell, and the program is killed with all that is in flight.",
         "Docker, Dockerfile reference: https://docs.docker.com/reference/dockerfile/#entrypoint",
         "Let the last command of the text begin with exec.",
         "command: [sh, -c, \"migrate && server\"]",
         "command: [sh, -c, \"migrate && exec server\"]"},
    rule{"K13", severity::error, "lifecycle.stopSignal does not stop the container in order",
         "The field is there from Kubernetes 1.33 on, behind the feature gate "
         "ContainerStopSignals, which is beta in 1.37. Without spec.os.name the API server refuses "
         "it. A signal that is none, that nobody can handle, or that the program takes for "
         "something else ends no drain.",
         "Kubernetes enhancement 4960: https://github.com/kubernetes/enhancements/issues/4960",
         "Name the signal on which the program ends in order, and set spec.os.name: linux.",
         "containers:\n  - name: web\n    lifecycle: {stopSignal: SIGQUIT}",
         "os: {name: linux}\ncontainers:\n  - name: web\n    lifecycle: {stopSignal: SIGQUIT}"},
    rule{"K14", severity::warning, "a load balancer holds on to a pod that is gone",
         "It takes the pod out, and leaves the connections that there are for a while. When the "
         "grace period ends before that while does, they are cut off.",
         "AWS Load Balancer Controller: "
         "https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/"
         "annotations/",
         "Make the grace period longer than the load balancer's delay, or that one shorter.",
         "metadata:\n  annotations:\n    alb.ingress.kubernetes.io/target-group-attributes: "
         "deregistration_delay.timeout_seconds=120",
         "metadata:\n  annotations:\n    alb.ingress.kubernetes.io/target-group-attributes: "
         "deregistration_delay.timeout_seconds=20"},
    rule{"K15", severity::warning, "a node leaves its pods no time when it shuts down",
         "A node that reboots stops its services like any other computer. Only with "
         "shutdownGracePeriod does the kubelet hold that up until the pods have ended, and what is "
         "for critical pods is taken off it.",
         "Kubernetes, Node Shutdowns: "
         "https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/",
         "Set shutdownGracePeriod above shutdownGracePeriodCriticalPods and the longest grace "
         "period of a pod, and InhibitDelayMaxSec of logind to as much.",
         "kind: KubeletConfiguration\nshutdownGracePeriod: 0s",
         "kind: KubeletConfiguration\nshutdownGracePeriod: 60s\n"
         "shutdownGracePeriodCriticalPods: 10s"},
    rule{"K16", severity::warning, "a job of a worker may take longer than the grace period",
         "A worker ends when the job that it has in hand is done. A job that is cut off by SIGKILL "
         "is lost, or done twice.",
         pod_end, "Make the grace period longer than the longest job.",
         "spec:\n  containers:\n    - name: worker\n"
         "      command: [celery, -A, app, worker, --time-limit=300]",
         "spec:\n  terminationGracePeriodSeconds: 335\n  containers:\n    - name: worker\n"
         "      command: [celery, -A, app, worker, --time-limit=300]"},
    rule{"K17", severity::warning, "a new pod needs the port of the node that the old one holds",
         "hostPort can be had once on a node. A rollout that begins with the new pod waits for a "
         "port that is free only when the old one has ended.",
         deployments, "Take a Service instead of hostPort, or set maxSurge to 0.",
         "strategy: {rollingUpdate: {maxSurge: 1}}\nports: [{containerPort: 80, hostPort: 80}]",
         "strategy: {rollingUpdate: {maxSurge: 1}}\nports: [{containerPort: 80}]"},
    rule{"K18", severity::warning, "a disruption budget lets no pod go",
         "A node cannot be drained while it has such a pod. Whoever has to empty it in the end "
         "deletes the pod past its budget, or the node with it.",
         "Kubernetes, Specifying a Disruption Budget: "
         "https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
         "Let at least one pod be away: maxUnavailable: 1.",
         "kind: PodDisruptionBudget\nspec: {maxUnavailable: 0}",
         "kind: PodDisruptionBudget\nspec: {maxUnavailable: 1}"},
    rule{"K19", severity::error, "a signal to process 1 does not reach the program",
         "With shareProcessNamespace process 1 of all containers is the sandbox of the pod "
         "(/pause), which ends on SIGINT and SIGTERM, and with it the pod.",
         "Kubernetes, Share Process Namespace between Containers in a Pod: "
         "https://kubernetes.io/docs/tasks/configure-pod-container/share-process-namespace/",
         "Send the signal to the program by its name, or leave the namespace apart.",
         "shareProcessNamespace: true\n...\n"
         "preStop: {exec: {command: [sh, -c, \"kill -QUIT 1; sleep 20\"]}}",
         "shareProcessNamespace: true\n...\n"
         "preStop: {exec: {command: [sh, -c, \"pkill -QUIT -o nginx; sleep 20\"]}}"},
    rule{"K20", severity::error, "the request of preStop goes to nobody",
         "The kubelet sends it from the node to the address of the pod; a host in it is one that "
         "the node reaches, and the name of a port one of the container's. A hook that fails does "
         "not hold up the stop signal.",
         hooks, "Leave host out, and name a port that the container has.",
         "preStop: {httpGet: {host: localhost, port: 8080, path: /drain}}",
         "preStop: {httpGet: {port: 8080, path: /drain}}"},
    rule{"K21", severity::warning, "a rollout takes a new pod for ready before it is",
         "Without readinessProbe and startupProbe a pod is ready when its containers run. The old "
         "pods are ended while the new ones cannot work yet.",
         probes, "Add a readinessProbe, or minReadySeconds.",
         "livenessProbe: {httpGet: {path: /, port: 80}, initialDelaySeconds: 60}",
         "readinessProbe: {httpGet: {path: /, port: 80}}\n"
         "livenessProbe: {httpGet: {path: /, port: 80}, initialDelaySeconds: 60}"},
    rule{"K22", severity::note, "nothing moves long connections from an old pod to a new one",
         "A client of gRPC that chooses among the addresses of a headless Service keeps its "
         "connections, and asks for addresses again only when one ends. New pods get nothing, and "
         "the old ones have everything in flight when they are stopped.",
         "gRPC A9, Server-side Connection Management: "
         "https://github.com/grpc/proposal/blob/master/A9-server-side-conn-mgt.md",
         "Set MAX_CONNECTION_AGE and MAX_CONNECTION_AGE_GRACE in the server; if it does so itself, "
         "accept this finding with that reason.",
         "spec:\n  clusterIP: None\n  ports: [{name: grpc, port: 50051}]",
         "env: [{name: GRPC_MAX_CONNECTION_AGE, value: 5m}]"},
};

}  // namespace

std::span<const rule> kubernetes_rules() { return kubernetes_table; }

}  // namespace lastcall::lint
