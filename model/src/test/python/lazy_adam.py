"""Steps of PyTorch's SparseAdam, in double precision: reference values for tables that learn by row.

Usage: python3 lazy_adam.py > ../resources/golden/lazy_adam.json
"""

import json

import torch

torch.manual_seed(7)
ROWS, WIDTH = 6, 3
table = torch.nn.Embedding(ROWS, WIDTH, sparse=True).double()
start = table.weight.detach().clone()
adam = torch.optim.SparseAdam(table.parameters(), lr=0.05, betas=(0.8, 0.95), eps=1e-6)
steps = []
for ids in ([1, 2, 2], [4, 1, 1], [2, 5, 4], [1, 4, 2]):
    weights = torch.randn(len(ids), WIDTH, dtype=torch.double)
    adam.zero_grad()
    (table(torch.tensor(ids)) * weights).sum().backward()
    gradient = table.weight.grad.coalesce()
    adam.step()
    steps.append(
        {
            "rows": gradient.indices()[0].tolist(),
            "gradient": gradient.values().flatten().tolist(),
            "table": table.weight.detach().flatten().tolist(),
        }
    )
print(json.dumps({"start": start.flatten().tolist(), "steps": steps}))
