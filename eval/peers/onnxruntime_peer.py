"""Runs a sentence encoder by ONNX Runtime for whoever asks over stdin, one line of JSON a question, and times it.

    python onnxruntime_peer.py --model FILE --threads N --workers W

First line out: {"ready": true, "versions": {...}, "base_mb": ..., "rss_mb": ...}
Line in:        {"sequences": [[id, ...], ...], "batch": B, "return_embeddings": false}
Line out:       {"seconds": [...], "total": ..., "rss_mb": ..., "embeddings": [[...], ...]} or {"error": "..."}

base_mb is resident memory before a model was loaded, rss_mb what it is now. The peer ends when stdin does.
Padding is timed, since our own encoder's time has it too; JSON is not.
"""

import argparse
import gc
import json
import os
import pathlib
import platform
import queue
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnxruntime as ort


def load(model: pathlib.Path, threads: int) -> ort.InferenceSession:
    """All optimisations but one, whose operator is slower than what it replaces; see export.py."""
    if not model.is_file():
        raise FileNotFoundError(f"{model} is not there; write it with export.py")
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    # On two cores a short text takes 0.9 ms when waiting threads spin and 1.5 ms when they sleep.
    options.add_session_config_entry("session.intra_op.allow_spinning", "1")
    return ort.InferenceSession(
        model, options, providers=["CPUExecutionProvider"], disabled_optimizers=["SkipLayerNormFusion"]
    )


def pad(sequences: list[np.ndarray]) -> dict[str, np.ndarray]:
    shape = len(sequences), max(map(len, sequences))
    ids, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for row, sequence in enumerate(sequences):
        ids[row, : len(sequence)] = sequence
        mask[row, : len(sequence)] = 1
    return {"input_ids": ids, "attention_mask": mask}


def rss_mb() -> float:
    """What the process has in memory now; the usual `getrusage` knows only the most it ever had."""
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)


class Peer:
    def __init__(self, sessions: list[ort.InferenceSession]) -> None:
        self.sessions = sessions
        self.pool = ThreadPoolExecutor(len(sessions))

    def answer(self, question: dict) -> dict:
        missing = {"sequences", "batch"} - question.keys()
        if missing:
            raise ValueError(f"the question lacks {' and '.join(sorted(missing))}; see the top of this file")
        size = question["batch"]
        if size < 1:
            raise ValueError(f"batch is {size}; ask for at least 1")
        sequences = [np.array(sequence, np.int64) for sequence in question["sequences"]]
        if not all(map(len, sequences)):
            raise ValueError("a sequence is empty; give each at least one token id")
        batches = [sequences[start : start + size] for start in range(0, len(sequences), size)]

        gc.collect()
        gc.disable()
        try:
            seconds, outputs, total = self.encode(batches)
        finally:
            gc.enable()

        answer = {"seconds": seconds, "total": total, "rss_mb": rss_mb()}
        if question.get("return_embeddings"):
            answer["embeddings"] = [row for output in outputs for row in output.tolist()]
        return answer

    def encode(self, batches: list[list[np.ndarray]]) -> tuple[list[float], list[np.ndarray], float]:
        seconds, outputs = [0.0] * len(batches), [None] * len(batches)
        pending = queue.SimpleQueue()
        for number in [*range(len(batches)), *[None] * len(self.sessions)]:
            pending.put(number)

        def work(session: ort.InferenceSession) -> None:
            for number in iter(pending.get, None):
                start = time.perf_counter()
                (outputs[number],) = session.run(None, pad(batches[number]))
                seconds[number] = time.perf_counter() - start

        start = time.perf_counter()
        if len(self.sessions) == 1:
            work(self.sessions[0])
        else:
            list(self.pool.map(work, self.sessions))
        return seconds, outputs, time.perf_counter() - start


def say(line: dict) -> None:
    print(json.dumps(line), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=pathlib.Path, required=True, help="ONNX file written by export.py")
    parser.add_argument("--threads", type=int, default=1, help="threads a worker computes with")
    parser.add_argument("--workers", type=int, default=1, help="batches computed at the same time")
    args = parser.parse_args()
    base = rss_mb()
    try:
        peer = Peer([load(args.model, args.threads) for _ in range(args.workers)])
    except Exception as error:
        say({"error": str(error)})
        sys.exit(1)
    versions = {"onnxruntime": ort.__version__, "numpy": np.__version__, "python": platform.python_version()}
    say({"ready": True, "versions": versions, "base_mb": base, "rss_mb": rss_mb()})
    for line in sys.stdin:
        try:
            say(peer.answer(json.loads(line)))
        except Exception as error:
            say({"error": str(error)})


if __name__ == "__main__":
    main()
