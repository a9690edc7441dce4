"""Searches vectors by usearch and faiss for whoever asks over stdin, one line of JSON a round, and times it.

    python vectors_peer.py --folder DIR --recall R

DIR holds base.f32 and questions.f32, little-endian rows of 384 components of length one, and nearest.u32, the ten
nearest rows of the base for each question.

First line out: {"systems": [{"name", "setting", "recall", "build_s", "memory_mb"}]}
Line in:        anything
Line out:       {"seconds": {name: seconds for all questions one after the other}}

Each graph is searched as broadly as it must be to find the share R of the nearest, and no more broadly.
"""

import argparse
import json
import pathlib
import sys
import time

import faiss
import numpy as np
from usearch.index import Index

WIDTH = 384
NEAREST = 10
BREADTHS = [16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768]


def resident_mb() -> float:
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


class Usearch:
    def __init__(self, dtype: str, base: np.ndarray) -> None:
        self.name = f"usearch-{dtype}"
        # A vector of 8-bit integers is no longer of length one, so that only the angle can be compared.
        metric = "ip" if dtype == "f32" else "cos"
        self.index = Index(ndim=WIDTH, metric=metric, dtype=dtype, connectivity=16, expansion_add=128)
        self.index.add(np.arange(len(base)), base, threads=2)

    def set_breadth(self, breadth: int) -> None:
        self.index.expansion_search = breadth

    def search(self, questions: np.ndarray) -> np.ndarray:
        return self.index.search(questions, NEAREST, threads=1).keys.reshape(len(questions), NEAREST)


class FaissHnsw:
    def __init__(self, base: np.ndarray) -> None:
        self.name = "faiss-hnsw-f32"
        self.index = faiss.IndexHNSWFlat(WIDTH, 32, faiss.METRIC_INNER_PRODUCT)
        self.index.hnsw.efConstruction = 128
        faiss.omp_set_num_threads(2)
        self.index.add(base)
        faiss.omp_set_num_threads(1)

    def set_breadth(self, breadth: int) -> None:
        self.index.hnsw.efSearch = breadth

    def search(self, questions: np.ndarray) -> np.ndarray:
        return self.index.search(questions, NEAREST)[1]


class FaissFlat:
    def __init__(self, base: np.ndarray) -> None:
        self.name = "faiss-flat-f32"
        self.index = faiss.IndexFlatIP(WIDTH)
        self.index.add(base)

    def set_breadth(self, _breadth: int) -> None:
        pass

    def search(self, questions: np.ndarray) -> np.ndarray:
        # One at a time, as messages come: many at once are a product of matrices.
        return np.concatenate([self.index.search(question[None], NEAREST)[1] for question in questions])


def recall(found: np.ndarray, nearest: np.ndarray) -> float:
    shared = [len(set(some) & set(true)) for some, true in zip(found.tolist(), nearest.tolist())]
    return sum(shared) / nearest.size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--recall", type=float, required=True)
    arguments = parser.parse_args()
    base = np.fromfile(arguments.folder / "base.f32", dtype="<f4").reshape(-1, WIDTH)
    questions = np.fromfile(arguments.folder / "questions.f32", dtype="<f4").reshape(-1, WIDTH)
    nearest = np.fromfile(arguments.folder / "nearest.u32", dtype="<u4").reshape(-1, NEAREST)
    systems, told = [], []
    for make in (lambda: Usearch("i8", base), lambda: Usearch("f32", base), lambda: FaissHnsw(base), lambda: FaissFlat(base)):
        before, started = resident_mb(), time.perf_counter()
        system = make()
        build_s = time.perf_counter() - started
        for breadth in BREADTHS:
            system.set_breadth(breadth)
            reached = recall(system.search(questions), nearest)
            if reached >= arguments.recall:
                break
        systems.append(system)
        told.append({"name": system.name, "setting": f"breadth {breadth}", "recall": reached, "build_s": build_s,
                     "memory_mb": resident_mb() - before})
    print(json.dumps({"systems": told}), flush=True)
    for _ in sys.stdin:
        seconds = {}
        for system in systems:
            started = time.perf_counter()
            system.search(questions)
            seconds[system.name] = time.perf_counter() - started
        print(json.dumps({"seconds": seconds}), flush=True)


if __name__ == "__main__":
    main()
