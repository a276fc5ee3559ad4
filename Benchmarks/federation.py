"""A federation of real processes on loopback: one coordinator, an agent for each site, the researcher's command."""

import json
import pathlib
import re
import sqlite3
import subprocess
import time

START_SECONDS = 60
RUN_SECONDS = 600


class Failure(Exception):
    """What went wrong, for people."""


class Federation:
    """Keys, certificates and processes in a folder. `stop` ends what was started."""

    def __init__(self, programs: pathlib.Path, folder: pathlib.Path, sites: list[str]):
        self.programs, self.folder, self.sites = programs, folder, sites
        self.coordinator = None
        self.agents = {}

    # Commands

    def call(self, program: str, *arguments) -> str:
        result = subprocess.run(
            [self.programs / program, *arguments], cwd=self.folder, capture_output=True, text=True,
            timeout=RUN_SECONDS)
        if result.returncode != 0:
            shown = " ".join(str(argument) for argument in arguments)
            raise Failure(f"{program} {shown}: exit status {result.returncode}\n{result.stdout}{result.stderr}")
        return result.stdout

    def write(self, name: str, text: str):
        (self.folder / name).write_text(text)

    # Keys and documents

    def make_keys(self):
        self.call("konsil-coordinator", "init", "--out", "authority")
        self.call("konsil", "keys", "new", "--name", "owner", "--out", "owner", "--identity-only")
        self.call("konsil", "keys", "new", "--name", "ada", "--out", "ada")
        self.certify("researcher", "ada/tls.csr")
        for site in self.sites:
            self.call("konsil-agent", "init", "--name", site, "--out", f"{site}/identity")
            self.certify("site", f"{site}/identity/tls.csr")

    def certify(self, role: str, request: str):
        self.call("konsil-coordinator", "certificate", "issue", "--role", role, request, "--authority", "authority")

    def make_study(self, dictionary: str):
        self.write("dictionary.yaml", dictionary)
        parties = [f"{site}={site}/identity/identity.pub" for site in self.sites]
        self.call(
            "konsil", "study", "new", "--dictionary", "dictionary.yaml", "--out", "study.yaml", "--researcher",
            "ada=ada/identity.pub", "--site", *parties)
        self.call("konsil", "study", "sign", "study.yaml", "--key", "owner")

    def make_plan(self, name: str, template: str):
        self.write(f"{name}.template.yaml", template)
        self.call(
            "konsil", "plan", "new", "--study", "study.yaml", "--template", f"{name}.template.yaml", "--out",
            f"{name}.yaml")
        self.call("konsil", "plan", "sign", f"{name}.yaml", "--key", "ada")

    # Processes

    def start(self, program: str, log: str, *arguments) -> subprocess.Popen:
        with (self.folder / log).open("w") as file:
            return subprocess.Popen(
                [self.programs / program, *arguments], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=file,
                stderr=file)

    def wait_for(self, what: str, log: str, process: subprocess.Popen, pattern: str) -> re.Match:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and process.poll() is None:
            if found := re.search(pattern, (self.folder / log).read_text()):
                return found
            time.sleep(0.02)
        raise Failure(f"waited in vain until {what}; see {self.folder / log}")

    def write_coordinator(self):
        self.write(
            "coordinator.yaml",
            "konsil: coordinator-config/1\nlisten: {host: 127.0.0.1, port: 0}\nidentity: authority\n"
            "database: konsil.sqlite\n")

    def find_port(self, coordinator: subprocess.Popen):
        listening = self.wait_for("the coordinator listens", "coordinator.log", coordinator, r"port=(\d+).*listening")
        self.remote = f"{{host: localhost, port: {listening[1]}, authority: %s}}"

    def start_coordinator(self):
        self.write_coordinator()
        self.coordinator = self.start(
            "konsil-coordinator", "coordinator.log", "run", "--config", "coordinator.yaml")
        self.find_port(self.coordinator)
        self.write(
            "researcher.yaml",
            "konsil: researcher-config/1\nresearcher: ada\n"
            f"coordinator: {self.remote % 'authority/root.pem'}\nidentity: ada\n")

    def write_agent(self, site: str, study: str, algorithm: str):
        self.write(
            f"{site}/site.yaml",
            f"konsil: site-config/1\nsite: {site}\ncoordinator: {self.remote % '../authority/root.pem'}\n"
            f"identity: identity\nstate: state\nrecords: {{{study}: records.csv}}\n"
            f"policy: {{studies: [{study}], algorithms: [{algorithm}], researchers: [ada], approval: auto}}\n")

    def start_agents(self, algorithm: str = "logistic"):
        owner = json.loads(self.call("konsil", "keys", "show", "owner", "--json"))["fingerprint"]
        for site in self.sites:
            self.write_agent(site, study="bench", algorithm=algorithm)
            self.call(
                "konsil-agent", "study", "accept", "study.yaml", "--owner", owner, "--config", f"{site}/site.yaml")
            self.agents[site] = self.start(
                "konsil-agent", f"{site}/agent.log", "run", "--config", f"{site}/site.yaml")
        for site in self.sites:
            self.wait_for(
                f"{site} is connected", "coordinator.log", self.coordinator, rf"site={site} .*site connected")

    def stop(self):
        processes = [process for process in [*self.agents.values(), self.coordinator] if process]
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    # Runs

    def run(self, plan: str) -> str:
        """Runs a plan to its model, and gives the run's id."""
        shown = self.call("konsil", "run", "submit", f"{plan}.yaml", "--study", "study.yaml", "--watch", "--json")
        return json.loads(shown)["run"]["run"]

    def detail(self, run: str) -> dict:
        """A run with its steps."""
        return json.loads(self.call("konsil", "run", "show", run, "--json"))

    def events(self, run: str) -> list[tuple[int, str | None, str]]:
        """What the coordinator has noted of a run: milliseconds, site, text. It holds its database until it is
        stopped."""
        database = sqlite3.connect(f"file:{self.folder / 'konsil.sqlite'}?mode=ro", uri=True)
        try:
            return database.execute(
                "SELECT at, site, text FROM event JOIN run ON run.number = event.run WHERE run.id = ? "
                "ORDER BY event.number", [run]).fetchall()
        finally:
            database.close()

    def model(self, run: str) -> dict:
        self.call("konsil", "model", "export", run, "--format", "json", "--out", f"{run}.json")
        return json.loads((self.folder / f"{run}.json").read_text())


class RunRecord:
    """When what happened in a run, by the coordinator's own clock and record, in seconds from the moment in which the
    last site had accepted the plan (a site accepts when it has its cohort in memory) to the model stored."""

    def __init__(self, detail: dict, events: list[tuple[int, str | None, str]]):
        accepted = max(at for at, site, text in events if site and text == "accepted the plan")
        at = {text: moment for moment, _, text in events}
        moments = [("set-up", at["set-up done"])]
        moments += [(step["query"], step["at"]["milliseconds"]) for step in detail["steps"]]
        moments += [("model", detail["summary"]["ended"]["milliseconds"]), ("storing it", at["model stored"])]
        # Each phase lasts from the end of the one before.
        ends = [accepted, *(moment for _, moment in moments)]
        self.phases = [
            (name, (end - start) / 1000) for (name, end), start in zip(moments, ends, strict=False)]
        self.seconds = (ends[-1] - accepted) / 1000
