#!/usr/bin/env python3
"""Writes ../resources/golden/activations.json: PyTorch's activations and their gradients in double precision.

    /usr/bin/python3 model/src/test/python/activations.py
"""
import json, pathlib
import torch
import torch.nn.functional as f

torch.manual_seed(1)
torch.set_default_dtype(torch.float64)
# What a test reads are floats. The last values are where exp has ended, or never moves a float.
x = torch.cat([3 * torch.randn(20), torch.tensor([40.0, -40.0, 1e-4, -1e-4])]).float().double().reshape(2, 2, 2, 3)
dout = torch.randn(2, 2, 2, 3).float().double()
kinds = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "elu": lambda v: f.elu(v, 0.7),
         "leaky-relu": lambda v: f.leaky_relu(v, 0.3)}
array = lambda v: {"shape": list(v.shape), "data": v.detach().flatten().tolist()}
golden = {"x": array(x), "dout": array(dout)}
for name, activation in kinds.items():
    leaf = x.clone().requires_grad_()
    out = activation(leaf)
    golden[name] = {"out": array(out), "dx": array(torch.autograd.grad(out, leaf, dout)[0])}
path = pathlib.Path(__file__).parent.parent / "resources/golden/activations.json"
path.write_text(json.dumps(golden) + "\n")
