"""Steps of one layer of texts in PyTorch: the twin of TextSteps.java.

Usage: python3 text_step.py lstm|transformer WIDTH UNITS ROWS POSITIONS RATE STEPS
with OMP_NUM_THREADS set. RATE 0 freezes the embedding; otherwise it learns by SparseAdam.
"""

import statistics
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

kind, width, units, rows, positions, rate, steps = sys.argv[1], *map(float, sys.argv[2:])
width, units, rows, positions, steps = map(int, (width, units, rows, positions, steps))
CLASSES, VOCABULARY = 4, 30000
torch.manual_seed(1)
lengths = torch.tensor([positions // 2 + row * (positions - positions // 2) // (rows - 1) for row in range(rows)])
ids = 1 + (torch.rand(rows, positions) ** 4 * (VOCABULARY - 1)).long()
mask = torch.arange(positions)[None] >= lengths[:, None]
ids[mask] = 0
labels = torch.arange(rows) % CLASSES
embedding = nn.Embedding(VOCABULARY, width, sparse=True)
embedding.weight.requires_grad_(rate > 0)
if kind == "lstm":
    layer = nn.LSTM(width, units, batch_first=True, bidirectional=True)
    classifier = nn.Linear(units, CLASSES)
else:
    layer = nn.TransformerEncoderLayer(width, 6, units, 0.1, batch_first=True, norm_first=True)
    norm = nn.LayerNorm(width)
    classifier = nn.Linear(width, CLASSES)
dense = [*layer.parameters(), *classifier.parameters(), *(norm.parameters() if kind != "lstm" else [])]
optimisers = [torch.optim.Adam(dense, 1e-3)]
if rate > 0:
    optimisers.append(torch.optim.SparseAdam(embedding.parameters(), rate * 1e-3))
weights = ((~mask) / lengths[:, None]).unsqueeze(1)


def features(x):
    if kind == "lstm":
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        out, (hidden, _) = layer(packed)
        return hidden.mean(0)
    return torch.bmm(weights, norm(layer(x, src_key_padding_mask=mask))).squeeze(1)


times = []
for step in range(3 + steps):
    start = time.time()
    for optimiser in optimisers:
        optimiser.zero_grad()
    F.cross_entropy(classifier(features(embedding(ids))), labels).backward()
    for optimiser in optimisers:
        optimiser.step()
    times.append(1e3 * (time.time() - start))
print(f"{' '.join(sys.argv[1:])}: median {statistics.median(times[3:]):.1f} ms, least {min(times[3:]):.1f}")
