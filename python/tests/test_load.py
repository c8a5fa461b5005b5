"""What is refused, and what stays readable. Run with ``python3 -m unittest discover python/tests`` from the repository."""

import json
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
try:
    import blockwise  # from the wheel, or installed
except ImportError:
    sys.path.insert(0, str(HERE.parent))
    import blockwise
sys.path.insert(0, str(HERE))
import artifacts as a

KEPT = HERE.parents[1] / "model/src/test/resources"


def conv_model(folder, **further):
    """Two blocks of convolutions."""
    blocks = [a.block([a.CONVOLUTION, a.NORM, a.RELU, a.POOL], "grid"), a.block([a.CONVOLUTION, a.NORM, a.RELU], "pooled")]
    tensors = [{"layers.0.weight": [4, 3, 3, 3], **a.norm("layers.1", 4), **a.exit_of(64)},
               {"layers.0.weight": [4, 4, 3, 3], **a.norm("layers.1", 4), **a.exit_of(4)}]
    return a.write(folder, blocks, tensors, **further)


class LoadTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.folder = Path(directory.name) / "model"

    def refuses(self, pattern, action=None):
        with self.assertRaisesRegex(blockwise.ModelError, pattern) as raised:
            (action or (lambda: blockwise.load(self.folder, "numpy")))()
        self.assertNotIn("\n", str(raised.exception))

    def test_opens_the_published_version_and_a_version_of_its_own(self):
        version = conv_model(self.folder)
        for path in (self.folder, str(self.folder), version):
            model = blockwise.load(path, "numpy")
            self.assertEqual((model.name, model.version, model.blocks, model.classes), ("small", "run-1", 2, ["x", "y", "z"]))

    def test_opens_models_of_every_format(self):
        for kept in sorted(KEPT.glob("artifact-v*")):
            model = blockwise.load(kept, "numpy")
            self.assertEqual((model.name, model.blocks, model.classes), ("sample", 2, ["circle", "square"]))
            self.assertEqual(model.fields["pixels"]["mean"], [0.1, 0.2, 0.3])
            self.assertEqual(model.predict_scores(np.zeros((0, 3, 8, 8), np.float32)).shape, (0, 2))

    def test_refuses_a_folder_without_a_model(self):
        self.refuses("LATEST does not exist")
        conv_model(self.folder)
        (self.folder / "LATEST").write_text("../elsewhere\n")
        self.refuses("it holds '../elsewhere' instead of a run-id")
        (self.folder / "LATEST").write_text("run-2\n")
        self.refuses("names version run-2, which does not exist")

    def test_refuses_a_version_that_is_not_complete(self):
        version = conv_model(self.folder)
        (version / "manifest.json").unlink()
        self.refuses("manifest.json does not exist .the version was never completed")

    def test_refuses_a_file_that_was_altered_or_is_missing(self):
        version = conv_model(self.folder)
        block = version / "block-02.safetensors"
        raw = block.read_bytes()
        block.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
        self.refuses(r"block-02.safetensors has \d+ bytes and SHA-256 [0-9a-f]{64}, the manifest says")
        block.unlink()
        self.refuses("block-02.safetensors is missing")

    def test_refuses_a_truncated_block(self):
        version = conv_model(self.folder)
        raw = (version / "block-01.safetensors").read_bytes()
        for length, pattern in ((5, "it has 5 bytes, fewer than the 8"), (20, "its header alone"), (len(raw) - 4, "its header describes")):
            (version / "block-01.safetensors").write_bytes(raw[:length])
            self.refuses("SHA-256")
            a.seal(version)
            self.refuses(pattern)

    def test_refuses_what_it_does_not_know(self):
        version = conv_model(self.folder)
        first = json.loads((version / "model.json").read_text())

        def altered(pattern, change):
            model = json.loads(json.dumps(first))
            change(model)
            (version / "model.json").write_text(json.dumps(model))
            a.seal(version)
            self.refuses(pattern)

        layers = lambda model: model["network"]["blocks"][1]["layers"]
        altered("format version is 3, this package reads 1 to 2.*Blockwise 9.9 wrote it", lambda m: m.update(format_version=3))
        altered("component dilation is unknown at network/blocks/1/layers/0", lambda m: layers(m)[0].update(dilation=2))
        altered("component stride is missing at network/blocks/1/layers/0", lambda m: layers(m)[0].pop("stride"))
        altered("type gelu is unknown at network/blocks/1/layers/2", lambda m: layers(m)[2].update(type="gelu"))
        altered("type new is unknown at network/blocks/0/loss", lambda m: m["network"]["blocks"][0]["loss"].update(type="new"))
        altered("component twist is unknown at network/blocks/0", lambda m: m["network"]["blocks"][0].update(twist=1))
        altered("it has no classes", lambda m: m.pop("classes"))

    def test_refuses_blocks_and_inputs_that_do_not_fit(self):
        conv_model(self.folder)
        model = blockwise.load(self.folder, "numpy")
        images = np.zeros((2, 3, 8, 8), np.float32)
        for block in (0, 3, -1, 1.5, True):
            self.refuses("the model has 2 blocks .must be from 1 to 2", lambda: model.predict_scores(images, block))
        self.refuses(r"shape \[2, 8, 8, 3\] .must be \[rows, 3, 8, 8\]", lambda: model(images.transpose(0, 2, 3, 1)))
        self.refuses("its values are uint8 .must be floats, as prepare makes them", lambda: model(images.astype(np.uint8)))
        self.refuses("must be bytes of pixels", lambda: model.prepare(images))
        self.refuses("Cannot read a field title", lambda: model({"pixels": images, "title": images}))
        self.refuses("they have no field", lambda: model({}))
        self.refuses("must be numpy or torch", lambda: blockwise.load(self.folder, "jax"))

    def test_normalises_pixels(self):
        conv_model(self.folder)
        model = blockwise.load(self.folder, "numpy")
        pixels = np.full((1, 3, 8, 8), 51, np.uint8)
        np.testing.assert_allclose(model.prepare(pixels)[0, :, 0, 0], [-1, -1, -1.6], rtol=1e-6)
        self.assertEqual(model.prepare(pixels).dtype, np.float32)

    def test_divides_by_temperatures(self):
        conv_model(self.folder, exits={"temperatures": [1.0, 2.0], "rule": "full"})
        model = blockwise.load(self.folder, "numpy")
        images = np.random.default_rng(1).normal(size=(5, 3, 8, 8)).astype(np.float32)
        weights = np.exp(model.predict_scores(images) / 2)
        np.testing.assert_allclose(model.predict_probabilities(images), weights / weights.sum(1, keepdims=True), rtol=1e-5)


if __name__ == "__main__":
    unittest.main()
