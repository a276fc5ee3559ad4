"""XGBoost's own federated mode on loopback: a server and a process for each worker, no TLS.

`run` wants a network namespace of its own, whose loopback is up: the server listens on every interface. It prints
seconds, from the moment in which all workers have connected to the last one's model, and bytes on loopback, as JSON.
"""

import json
import pathlib
import socket
import subprocess
import sys
import time

import numpy
import xgboost
from xgboost import collective, federated

from process_facts import loopback_bytes

START_SECONDS = 60


def serve(workers: int, port: int):
    federated.run_federated_server(n_workers=workers, port=port)


def work(path: str, worker: int, workers: int, port: int, rounds: int, parameters: dict):
    columns = numpy.fromfile(path).reshape(parameters.pop("columns") + 1, -1)[:, worker::workers]
    outcome, features = columns[0].copy(), numpy.ascontiguousarray(columns[1:].T, dtype=numpy.float32)
    xgboost.train(parameters, xgboost.QuantileDMatrix(features[:500], outcome[:500], max_bin=parameters["max_bin"]), 2)
    with collective.CommunicatorContext(
        dmlc_communicator="federated", federated_server_address=f"127.0.0.1:{port}", federated_world_size=workers,
        federated_rank=worker,
    ):
        # All are there when this returns.
        collective.broadcast("begin", 0)
        sent = loopback_bytes()
        began, cpu = time.monotonic(), time.process_time()
        rows = xgboost.QuantileDMatrix(features, outcome, max_bin=parameters["max_bin"], nthread=parameters["nthread"])
        xgboost.train(parameters, rows, rounds)
        ended = time.monotonic()
        print(json.dumps({
            "began": began, "ended": ended, "cpu_seconds": time.process_time() - cpu, "bytes_before": sent,
            "bytes_after": loopback_bytes()}), flush=True)


def wait_for(port: int):
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the server does not listen")


def run(path: str, workers: int, rounds: int, parameters: str):
    port = 40_000
    here = [sys.executable, "-B", str(pathlib.Path(__file__))]
    server = subprocess.Popen([*here, "server", str(workers), str(port)], stdout=sys.stderr)
    processes = []
    try:
        wait_for(port)
        processes = [
            subprocess.Popen(
                [*here, "worker", path, str(worker), str(workers), str(port), str(rounds), parameters],
                stdout=subprocess.PIPE, text=True) for worker in range(workers)]
        found = [json.loads(process.communicate(timeout=600)[0].splitlines()[-1]) for process in processes]
    finally:
        for process in [*processes, server]:
            if process.poll() is None:
                process.kill()
            process.wait()
    print(json.dumps({
        "seconds": max(one["ended"] for one in found) - min(one["began"] for one in found),
        "bytes": max(one["bytes_after"] for one in found) - min(one["bytes_before"] for one in found),
        "worker_cpu_seconds": [one["cpu_seconds"] for one in found], "version": xgboost.__version__}))


def main(arguments: list[str]):
    match arguments:
        case ["server", workers, port]:
            serve(int(workers), int(port))
        case ["worker", path, worker, workers, port, rounds, parameters]:
            work(path, int(worker), int(workers), int(port), int(rounds), json.loads(parameters))
        case ["run", path, workers, rounds, parameters]:
            run(path, int(workers), int(rounds), parameters)


main(sys.argv[1:])
