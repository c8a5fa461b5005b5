"""NumPy and PyTorch answer alike, and texts are read by their own words only."""

import pickle
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from test_load import conv_model
import artifacts as a
import blockwise

try:
    import torch
except ImportError:
    torch = None


def text_model(folder):
    """LSTMs that hand states on, an attention, and a block that reads a title."""
    title = {"field": "title", "shape": [6, 9], "join": "sequence", "layers": [{"type": "embedding", "width": 5, "rate": 1.0}]}
    blocks = [
        a.block([{"type": "embedding", "width": 4, "rate": 1.0}, a.LSTM], "summed"),
        a.block([a.LSTM, {"type": "layer-norm"}, {"type": "dropout", "share": 0.5}], "flat"),
        a.block([{"type": "positions"}, {"type": "residual", "body": [{"type": "attention", "heads": 2, "dropout": 0.5}],
                                         "shortcut": []}], sides=[title])]
    attention = {"in_weight": [18, 6], "in_bias": [18], "out_weight": [6, 6], "out_bias": [6]}
    tensors = [
        {"layers.0.weight": [9, 4], **a.lstm("layers.1", 4, 3), **a.exit_of(3)},
        {**a.lstm("layers.0", 6, 3), "layers.1.weight": [6], "layers.1.bias": [6], **a.exit_of(6)},
        {"side.0.0.weight": [9, 5], "side.0.fit.weight": [6, 5], "side.0.fit.bias": [6],
         **{f"layers.1.body.0.{name}": shape for name, shape in attention.items()}, **a.exit_of(6)}]
    return a.write(folder, blocks, tensors, field=a.TEXT, shape=(6, 9), sides={"title": a.TEXT})


class AnswersTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.folder = Path(directory.name) / "model"
        self.random = np.random.default_rng(3)

    def images(self, rows=7):
        return self.random.normal(size=(rows, 3, 8, 8)).astype(np.float32)

    def test_texts_are_cleaned_and_padded(self):
        text_model(self.folder)
        model = blockwise.load(self.folder, "numpy")
        ids = model.prepare(["A <b>good</b> film: it's 3.5!", "", "unheard of", "bad " * 9])
        np.testing.assert_array_equal(ids, [[2, 3, 5, 6, 7, 0], [1, 0, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0], [4] * 6])
        for wrong in ("a text", [1, 2]):
            with self.assertRaisesRegex(blockwise.ModelError, "must be a list of strings"):
                model.prepare(wrong)
        for wrong in ([[0, 2]], [[2, 0, 3]], [[2, 9]], [[2, -1]], [[0.5]], [[2] * 7]):
            with self.assertRaises(blockwise.ModelError):
                model.predict_scores(np.array(wrong), 1)

    def test_a_text_is_answered_alone_as_beside_longer_ones(self):
        text_model(self.folder)
        for framework in frameworks():
            model = blockwise.load(self.folder, framework)
            inputs = model.prepare({"tokens": ["good", "a good film it's 3.5 end", "bad film"], "title": ["bad end", "a", "end a a a"]})
            for block in (1, 2, 3):
                together = model.predict_scores(inputs, block)
                for i in range(3):
                    alone = model.predict_scores({name: values[i:i + 1] for name, values in inputs.items()}, block)
                    np.testing.assert_allclose(alone[0], together[i], rtol=1e-5, atol=1e-6)
                np.testing.assert_allclose(model.predict_scores(inputs, block, batch_size=1), together, rtol=1e-5, atol=1e-6)

    def test_rows_without_a_field_are_answered_by_the_blocks_before(self):
        text_model(self.folder)
        for framework in frameworks():
            model = blockwise.load(self.folder, framework)
            ids = model.prepare(["good film"])
            self.assertEqual(model.predict_scores(ids, 2).shape, (1, 3))
            with self.assertRaisesRegex(blockwise.ModelError, "block 3 reads field title.*ask block 2 or an earlier one"):
                model.predict_scores(ids)
            with self.assertRaisesRegex(blockwise.ModelError, "must be as many of each"):
                model.predict_scores({"tokens": ids, "title": np.array([[2], [3]])})

    def test_shortcuts_are_the_scores_of_their_block(self):
        conv_model(self.folder)
        for framework in frameworks():
            model, images = blockwise.load(self.folder, framework), self.images()
            for block in (1, 2):
                expected = model.predict_scores(images, block)
                for answer in (model.block(block)(images), model.forward(images, block=block), model(images, block)):
                    np.testing.assert_allclose(as_numpy(answer), expected, rtol=1e-5, atol=1e-6)
            np.testing.assert_array_equal(model.predict_scores(images), model.predict_scores(images, 2))
            with self.assertRaises(blockwise.ModelError):
                model.block(3)

    def test_torch_answers_as_numpy_does(self):
        need_torch(self)
        conv_model(self.folder / "images")
        text_model(self.folder / "texts")
        ids = {name: np.where(np.arange(6) < self.random.integers(1, 7, (20, 1)), self.random.integers(1, 9, (20, 6)), 0)
               for name in ("tokens", "title")}
        for name, inputs in (("images", self.images(20)), ("texts", ids)):
            models = [blockwise.load(self.folder / name, framework) for framework in ("numpy", "torch")]
            for block in range(1, models[0].blocks + 1):
                by_numpy, by_torch = (model.predict_scores(inputs, block) for model in models)
                np.testing.assert_allclose(by_torch, by_numpy, rtol=1e-5, atol=1e-5)

    def test_tensors_have_the_names_of_the_files(self):
        need_torch(self)
        conv_model(self.folder)
        model, arrays = blockwise.load(self.folder, "torch"), blockwise.load(self.folder, "numpy").tensors
        self.assertIsInstance(model, torch.nn.Module)
        self.assertFalse(model.training)
        expected = {f"block-{k:02}.{name}": values for k, block in enumerate(arrays, 1) for name, values in block.items()}
        found = model.state_dict()
        self.assertEqual(set(found), set(expected))
        for name, values in expected.items():
            np.testing.assert_array_equal(found[name].numpy(), values)
        self.assertEqual({name for name, _ in model.named_buffers()}, {name for name in expected if "running_" in name})
        self.assertEqual(set(model.block(1).state_dict()), {name for name in expected if name.startswith("block-01.")})

    def test_fine_tuning_moves_the_weights_that_answer(self):
        need_torch(self)
        conv_model(self.folder)
        model, images = blockwise.load(self.folder, "torch"), torch.from_numpy(self.images(16))
        labels = torch.arange(16) % 3
        before = {name: values.clone() for name, values in model.state_dict().items()}
        optimiser = torch.optim.Adam(model.parameters(), 3e-2)
        model.train()
        losses = []
        for _ in range(30):
            optimiser.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(images), labels)
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        self.assertLess(losses[-1], 0.8 * losses[0])
        same = {name for name, values in model.state_dict().items() if torch.equal(values, before[name])}
        self.assertEqual(same, {"block-01.exit.weight", "block-01.exit.bias"})
        scores = model.predict_scores(images)
        self.assertTrue(model.training)
        again = pickle.loads(pickle.dumps(model.eval()))
        np.testing.assert_array_equal(again.predict_scores(images), scores)


def frameworks():
    return ["numpy"] + (["torch"] if torch else [])


def need_torch(test):
    if torch is None:
        test.skipTest("there is no torch here")


def as_numpy(answer):
    return answer if isinstance(answer, np.ndarray) else answer.detach().numpy()


if __name__ == "__main__":
    unittest.main()
