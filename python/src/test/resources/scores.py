"""Scores of every block of a model, as JSON: scores.py MODEL FRAMEWORK FILE, the file with raw values by field."""
import base64
import json
import sys

import numpy as np

import blockwise

model = blockwise.load(sys.argv[1], sys.argv[2])
with open(sys.argv[3], encoding="utf-8") as file:
    fields = json.load(file)
raw = {name: np.frombuffer(base64.b64decode(field["bytes"]), np.uint8).reshape(field["shape"]) if isinstance(field, dict) else field
       for name, field in fields.items()}
inputs = model.prepare(raw)
json.dump([model.predict_scores(inputs, block).tolist() for block in range(1, model.blocks + 1)], sys.stdout)
