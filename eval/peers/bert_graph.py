"""Writes a BERT sentence encoder as an ONNX graph, straight from its weights.

PyTorch's exporter would need PyTorch, which is larger than all else here together. The graph uses standard operators
only, in the arrangement PyTorch exports, because that is the one ONNX Runtime's optimizer knows how to fuse.
"""

import json
import pathlib

import numpy as np
from onnx import ModelProto, TensorProto, checker, helper, numpy_helper

OPSET = 17  # the first with LayerNormalization
IR_VERSION = 8  # the one that came with it
MASKED = -10000.0  # what the optimizer takes for a masked score

DTYPES = {"F32": np.float32, "I64": np.int64}

Weights = dict[str, np.ndarray]


def read_safetensors(path: pathlib.Path) -> Weights:
    """Eight bytes of header length, a JSON header, then the raw tensors at the offsets it names."""
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    weights = {}
    for name, tensor in header.items():
        if tensor["dtype"] not in DTYPES:
            raise ValueError(f"{name} has dtype {tensor['dtype']}; convert the weights to F32 first")
        begin, end = tensor["data_offsets"]
        values = np.frombuffer(data[start + begin : start + end], DTYPES[tensor["dtype"]])
        weights[name] = values.reshape(tensor["shape"])
    return weights


class Graph:
    """Nodes and constants in the order they are written; every method returns the name of a value."""

    def __init__(self) -> None:
        self.nodes = []
        self.constants = {}

    def op(self, op_type: str, *inputs: str, **attributes) -> str:
        name = f"{op_type}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op_type, inputs, [f"{name}_out"], name, **attributes))
        return f"{name}_out"

    def constant(self, name: str, value) -> str:
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def linear(self, x: str, weights: Weights, name: str) -> str:
        kernel = self.constant(f"{name}.kernel", weights[f"{name}.weight"].T)
        bias = self.constant(f"{name}.bias", weights[f"{name}.bias"])
        return self.op("Add", self.op("MatMul", x, kernel), bias)

    def layer_norm(self, x: str, weights: Weights, name: str, epsilon: float) -> str:
        scale = self.constant(f"{name}.weight", weights[f"{name}.weight"])
        bias = self.constant(f"{name}.bias", weights[f"{name}.bias"])
        return self.op("LayerNormalization", x, scale, bias, axis=-1, epsilon=epsilon)

    def gelu(self, x: str) -> str:
        root = self.constant("root_of_two", np.float32(np.sqrt(2.0)))
        one = self.constant("one", np.float32(1.0))
        half = self.constant("half", np.float32(0.5))
        erf = self.op("Erf", self.op("Div", x, root))
        return self.op("Mul", self.op("Mul", x, self.op("Add", erf, one)), half)


def embed(graph: Graph, weights: Weights, config: dict) -> str:
    """Every token is of type 0, so that its embedding is part of each position's."""
    positions = config["max_position_embeddings"]
    words = graph.constant("word_embeddings", weights["embeddings.word_embeddings.weight"])
    table = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    position_table = graph.constant("position_embeddings", table)
    position_ids = graph.constant("position_ids", np.arange(positions)[np.newaxis])
    axis = graph.constant("sequence_axis", np.array([1]))
    length = graph.op("Gather", graph.op("Shape", "input_ids"), axis)
    present = graph.op("Slice", position_ids, graph.constant("first", np.array([0])), length, axis)
    summed = graph.op("Add", graph.op("Gather", words, "input_ids"), graph.op("Gather", position_table, present))
    return graph.layer_norm(summed, weights, "embeddings.LayerNorm", config["layer_norm_eps"])


def mask_scores(graph: Graph) -> str:
    """0 where there is a token and a large negative number where there is padding, to be added to the scores."""
    rows = graph.op("Unsqueeze", "attention_mask", graph.constant("head_axis", np.array([1])))
    cells = graph.op("Unsqueeze", rows, graph.constant("query_axis", np.array([2])))
    present = graph.op("Cast", cells, to=TensorProto.FLOAT)
    absent = graph.op("Sub", graph.constant("present", np.float32(1.0)), present)
    return graph.op("Mul", absent, graph.constant("masked", np.float32(MASKED)))


def attend(graph: Graph, x: str, mask: str, weights: Weights, prefix: str, config: dict) -> str:
    heads = config["num_attention_heads"]
    size = config["hidden_size"] // heads
    split = graph.constant("split_heads", np.array([0, 0, heads, size]))

    def project(name: str, order: list[int]) -> str:
        flat = graph.linear(x, weights, f"{prefix}.self.{name}")
        return graph.op("Transpose", graph.op("Reshape", flat, split), perm=order)

    query, key, value = project("query", [0, 2, 1, 3]), project("key", [0, 2, 3, 1]), project("value", [0, 2, 1, 3])
    scale = graph.constant("score_scale", np.float32(np.sqrt(size)))
    scores = graph.op("Add", graph.op("Div", graph.op("MatMul", query, key), scale), mask)
    context = graph.op("MatMul", graph.op("Softmax", scores, axis=-1), value)
    joined = graph.constant("join_heads", np.array([0, 0, config["hidden_size"]]))
    flat = graph.op("Reshape", graph.op("Transpose", context, perm=[0, 2, 1, 3]), joined)
    return graph.linear(flat, weights, f"{prefix}.output.dense")


def layer(graph: Graph, x: str, mask: str, weights: Weights, number: int, config: dict) -> str:
    prefix, epsilon = f"encoder.layer.{number}", config["layer_norm_eps"]
    attended = graph.op("Add", attend(graph, x, mask, weights, f"{prefix}.attention", config), x)
    x = graph.layer_norm(attended, weights, f"{prefix}.attention.output.LayerNorm", epsilon)
    wide = graph.gelu(graph.linear(x, weights, f"{prefix}.intermediate.dense"))
    narrow = graph.op("Add", graph.linear(wide, weights, f"{prefix}.output.dense"), x)
    return graph.layer_norm(narrow, weights, f"{prefix}.output.LayerNorm", epsilon)


def pool(graph: Graph, hidden: str) -> None:
    """The sum over the mask stands for the mean: to normalise afterwards cancels the division by the count."""
    mask = graph.op("Cast", "attention_mask", to=TensorProto.FLOAT)
    row = graph.op("Unsqueeze", mask, graph.constant("row_axis", np.array([1])))
    summed = graph.op("Squeeze", graph.op("MatMul", row, hidden), graph.constant("summed_axis", np.array([1])))
    norm = graph.op("ReduceL2", summed, axes=[-1], keepdims=1)
    graph.nodes.append(helper.make_node("Div", [summed, norm], ["embedding"], "normalise"))


def sentence_encoder(weights: Weights, config: dict) -> ModelProto:
    """input_ids and attention_mask [batch, sequence] in, embedding [batch, hidden] out."""
    if config["model_type"] != "bert" or config["hidden_act"] != "gelu":
        raise ValueError(
            f"cannot write a {config['model_type']} with {config['hidden_act']}; name the folder of a bert with gelu"
        )
    graph = Graph()
    hidden = embed(graph, weights, config)
    mask = mask_scores(graph)
    for number in range(config["num_hidden_layers"]):
        hidden = layer(graph, hidden, mask, weights, number, config)
    pool(graph, hidden)
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"])
        for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", config["hidden_size"]])
    model = helper.make_model(
        helper.make_graph(graph.nodes, "sentence_encoder", inputs, [output], list(graph.constants.values())),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    checker.check_model(model)
    return model
