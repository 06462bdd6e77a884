"""A home with one service, `web`, whose versions answer with their names."""
import http.client
import json
import sys
from pathlib import Path

from .claims import check
from .home import Home
from .ports import free_port
from .processes import command_of, environment_of
from .waiting import until

service = Path(__file__).resolve().parent / "web_service.py"


class WebHome(Home):
    """`deploy`: its terms in the configuration; the other keys are those of `write_config`"""

    def __init__(self, deploy="{bake: 300ms}", **more):
        super().__init__()
        self.port = free_port()
        self.held = self.path / "held"  # a version waits as long as the file is there
        self.write_config(deploy, **more)

    def write_config(self, deploy, version="one", service_keys=(), top_keys=()):
        lines = ["services:", "  web:", f"    command: {json.dumps(self.command(version))}",
                 f"    listen: 127.0.0.1:{self.port}", "    restart: {first: 100ms, most: 500ms}",
                 "    stop: {grace: 60s}", f"    deploy: {deploy}"]
        lines += [f"    {line}" for line in service_keys] + list(top_keys)
        self.config.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def command(self, version):
        return [sys.executable, "-B", str(service), str(self.port), version]

    def up(self, *words):
        return super().up(*(words or ("-q", str(self.config))))

    def hold(self):
        """From now on a version that ends in "-held" does not go on; see web_service.py."""
        self.held.touch()

    def release(self):
        self.held.unlink(missing_ok=True)

    def deploy(self, version):
        return self.ask("POST", "/v1/services/web/deploys", {"command": self.command(version)})

    def show_deploy(self, number):
        return self.ask("GET", f"/v1/deploys/{number}")[1]

    def is_over(self, number):
        try:
            return self.show_deploy(number).get("state") in ("done", "rolled_back", "rejected")
        except (OSError, http.client.HTTPException):
            return False

    def last_state(self, number):
        states = [row["fields"]["state"] for row in self.rows("deploy_state", deploy=number)]
        return states[-1] if states else ""

    def serving_processes(self):
        """The processes of the service, by generation."""
        made = {}
        for pid in self.processes():
            if str(service) in command_of(pid)[1:3]:
                generation = environment_of(pid).get("LASTCALL_GENERATION")
                if generation:
                    made[int(generation)] = pid
        return made

    def clean(self):
        if self.path.exists():
            self.release()
        super().clean()


def prove_one_serves(home, load, point):
    """After everything: one generation is there, it is the current one, and it serves.

    Returns: its version.
    """
    check(f"{point}: it settles", until(home.is_settled), home.web())
    current = home.current()
    version, generation = load.now()
    check(f"{point}: the current generation serves", generation == current, generation, home.web())
    serving = home.serving_processes()
    check(f"{point}: no other one runs", list(serving) == [current], serving, home.web())
    whole = home.lastcall("verify-journal")
    check(f"{point}: the journal is whole", whole.returncode == 0, whole.stdout)
    return version
