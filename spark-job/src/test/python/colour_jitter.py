#!/usr/bin/env python3
"""Writes ../resources/golden/colour_jitter.json: colour jitter in double precision, by the definitions that torchvision
documents for images of floats: blends with black, with the mean grey and with each pixel's grey (ITU-R 601-2), and hue
through HSV; every change is clamped to 0..1. Python's own colorsys turns the hues.

    python3 spark-job/src/test/python/colour_jitter.py
"""
import colorsys, itertools, json, pathlib
import numpy as np

random = np.random.default_rng(1)
H, W = 3, 5
GREY = np.array([0.2989, 0.587, 0.114])
clamp = lambda x: np.clip(x, 0.0, 1.0)
grey = lambda x: np.tensordot(GREY, x, 1) if len(x) == 3 else x[0]


def hue(x, turn):
    if len(x) != 3:
        return x
    out = np.empty_like(x)
    for y, z in np.ndindex(x.shape[1:]):
        h, s, v = colorsys.rgb_to_hsv(*x[:, y, z])
        out[:, y, z] = colorsys.hsv_to_rgb((h + turn) % 1.0, s, v)
    return out


CHANGES = [
    lambda x, f: clamp(f * x),
    lambda x, f: clamp(f * x + (1 - f) * grey(x).mean()),
    lambda x, f: clamp(f * x + (1 - f) * grey(x)) if len(x) == 3 else x,
    lambda x, f: clamp(hue(x, f)),
]


def image(channels):
    x = random.random((channels, H, W))
    # greys, black, white, pure and mixed colours: equal channels are where hues have no or two names
    special = [(0, 0, 0), (1, 1, 1), (0.5, 0.5, 0.5), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (0.2, 0.7, 0.7)]
    for i, pixel in enumerate(special):
        x[:, i // W, i % W] = pixel[:channels]
    return x.astype(np.float32).astype(np.float64)


cases = []
orders = list(itertools.permutations(range(4)))
for i in range(32):
    x = image(1 if i >= 30 else 3)
    factors = [*random.uniform(0.6, 1.4, 3), random.uniform(-0.1, 0.1)]
    if i in (24, 25):
        factors = [[0.6, 0.6, 0.6, -0.1], [1.4, 1.4, 1.4, 0.1]][i - 24]
    if i in (26, 27):
        factors = [1.0, 1.0, 1.0, [-0.5, 0.5][i - 26]]
    factors = [float(np.float32(f)) for f in factors]
    out = x
    for change in orders[i % 24]:
        out = CHANGES[change](out, factors[change])
    greyed = np.stack([grey(x)] * 3) if len(x) == 3 else x
    cases.append({"channels": len(x), "plane": H * W, "factors": factors, "order": i % 24,
                  "image": x.flatten().tolist(), "jittered": out.flatten().tolist(), "grey": greyed.flatten().tolist()})
path = pathlib.Path(__file__).parent.parent / "resources/golden/colour_jitter.json"
path.write_text(json.dumps(cases) + "\n")
