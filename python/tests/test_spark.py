"""The wrappers in PySpark, where it is; and what is said where it is not.

They run with PySpark 3.5 on the import path, and a job jar of Blockwise on the class path of its session:

    PYSPARK_SUBMIT_ARGS="--jars blockwise-job-torch-VERSION.jar pyspark-shell" python3 -m unittest discover python/tests
"""

import importlib.util
import os
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
try:
    import blockwise  # from the wheel, or installed
except ImportError:
    sys.path.insert(0, str(HERE.parent))
    import blockwise

CAN_RUN = importlib.util.find_spec("pyspark") is not None and "PYSPARK_SUBMIT_ARGS" in os.environ
KEYS = {"backbone": "text-linear", "method": "pred", "text-linear.embedding.width": 16, "text-linear.hidden": [16],
        "training.batch-size": 16, "training.epochs": 6, "training.learning-rate": 0.02}


class WithoutPySparkTest(unittest.TestCase):
    def printed(self, program):
        blocked = "import sys; sys.modules['pyspark'] = None\n"
        folder = Path(blockwise.__file__).parents[1]
        return subprocess.run([sys.executable, "-c", blocked + program], env={**os.environ, "PYTHONPATH": str(folder)},
                              check=True, capture_output=True, text=True).stdout.strip()

    def test_the_package_needs_none(self):
        self.assertEqual(self.printed("import blockwise; print('blockwise.spark' in sys.modules)"), "False")

    def test_its_absence_is_one_line(self):
        line = self.printed("try:\n  from blockwise.spark import BlockwiseClassifier\nexcept ImportError as e:\n  print(e)")
        self.assertRegex(line, r"^Cannot import blockwise.spark: there is no PySpark here \(.*\)$")


@unittest.skipUnless(CAN_RUN, "there is no PySpark here, or PYSPARK_SUBMIT_ARGS gives it no job jar of Blockwise")
class SparkTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        from pyspark.sql import SparkSession
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.folder = directory.name
        cls.spark = SparkSession.builder.config("spark.ui.enabled", "false").getOrCreate()
        cls.addClassCleanup(cls.spark.stop)
        cls.train, cls.test = cls.texts(300, 1), cls.texts(100, 2)
        cls.model = cls.classifier().fit(cls.train)

    @classmethod
    def texts(cls, rows, seed):
        """Sentences of six words, one of which tells the mood."""
        chance = random.Random(seed)
        moods = {1.0: ["fine", "lovely", "warm", "bright"], 0.0: ["dull", "cold", "grim", "sour"]}
        lines = []
        for i in range(rows):
            words = [chance.choice(["the", "film", "was", "a", "day", "so"]) for _ in range(6)]
            words[chance.randrange(6)] = chance.choice(moods[i % 2])
            lines.append((i, " ".join(words), "good" if i % 2 else "bad", float(i % 2)))
        return cls.spark.createDataFrame(lines, "id int, said string, mood string, good double")

    @classmethod
    def classifier(cls, **keys):
        from blockwise.spark import BlockwiseClassifier
        return BlockwiseClassifier(featuresCol="said", labelCol="mood", progress=False, **{"output": cls.folder, **KEYS, **keys})

    @staticmethod
    def answers(model, frame):
        return [(row.id, row.probability.toArray().tolist()) for row in model.transform(frame).orderBy("id").collect()]

    def test_a_model_answers_rows_it_has_not_seen(self):
        answered = self.model.transform(self.test)
        self.assertEqual(answered.columns[4:], ["rawPrediction", "probability", "prediction", "predictedLabel"])
        self.assertGreater(answered.where("predictedLabel = mood").count(), 90)
        self.assertEqual((self.model.labels, self.model.blocks), (["bad", "good"], 2))

    def test_parameters_have_the_names_of_keys_and_of_spark_ml(self):
        classifier = self.classifier()
        self.assertEqual(sorted(param.name for param in classifier.params),
                         sorted(param.name() for param in classifier._java_obj.params()))
        self.assertEqual(classifier.getOrDefault("training.epochs"), 6)
        self.assertEqual(classifier.with_("training.epochs", 7).getOrDefault(classifier.setting("training.epochs")), 7)
        self.assertIn("training.learning-rate: ", classifier.explainParams())
        self.assertEqual(classifier.setFeaturesCol("x").setLabelCol("y").setParams(progress=True).getFeaturesCol(), "x")
        self.assertEqual((classifier.getPredictedLabelCol(), classifier.getProgress()), ("predictedLabel", True))
        with self.assertRaises(TypeError):
            classifier.with_("training.epochs", object())

    def test_numbers_of_numpy_are_numbers(self):
        import numpy as np
        classifier = self.classifier(**{"training.epochs": np.int64(1), "text-linear.hidden": np.array([16, 8])})
        self.assertEqual(classifier.getOrDefault("text-linear.hidden"), [16, 8])
        self.assertEqual(classifier.fit(self.train).blocks, 3)

    def test_a_shortcut_is_answered_by_its_block(self):
        first = self.model.copy().setExit("1").setBatchSize(7).setEngine("torch").setPredictedLabelCol("")
        self.assertNotIn("predictedLabel", first.transform(self.test).columns)
        self.assertNotEqual(self.answers(first, self.test), self.answers(self.model, self.test))
        self.assertEqual((first.getExit(), self.model.getExit()), ("1", ""))
        with self.assertRaisesRegex(Exception, "must be from 1 to 2"):
            first.setExit("9")

    def test_what_is_written_is_read(self):
        from blockwise.spark import BlockwiseClassifier, BlockwiseModel
        self.model.write().overwrite().save(self.folder + "/saved")
        published = BlockwiseModel.published(self.model.place).setFeaturesCol("said")
        for read in BlockwiseModel.load(self.folder + "/saved"), published:
            self.assertEqual(self.answers(read, self.test), self.answers(self.model, self.test))
        numpy = blockwise.load(self.folder + "/saved/model", "numpy")
        self.assertEqual(numpy.classes, self.model.labels)
        self.classifier().write().overwrite().save(self.folder + "/estimator")
        read = BlockwiseClassifier.load(self.folder + "/estimator")
        self.assertEqual({param.name: value for param, value in read.extractParamMap().items()},
                         {param.name: value for param, value in self.classifier().extractParamMap().items()})

    def test_a_pipeline_is_written_and_read_with_the_model_in_it(self):
        from pyspark.ml import Pipeline, PipelineModel
        fitted = Pipeline(stages=[self.classifier(**{"training.epochs": 1})]).fit(self.train)
        fitted.write().overwrite().save(self.folder + "/pipeline")
        read = PipelineModel.load(self.folder + "/pipeline")
        self.assertEqual(self.answers(read, self.test), self.answers(fitted, self.test))

    def test_a_search_finds_the_better_settings(self):
        from pyspark.ml.evaluation import MulticlassClassificationEvaluator
        from pyspark.ml.tuning import CrossValidator, ParamGridBuilder
        classifier = self.classifier().setLabelCol("good")
        grid = ParamGridBuilder().addGrid(classifier.setting("training.learning-rate"), [1e-7, 0.05]).build()
        evaluator = MulticlassClassificationEvaluator(labelCol="good", metricName="accuracy")
        found = CrossValidator(estimator=classifier, estimatorParamMaps=grid, evaluator=evaluator, numFolds=2, seed=1,
                               parallelism=2).fit(self.train)
        self.assertGreater(found.avgMetrics[1], max(0.9, found.avgMetrics[0]))

    def test_what_the_user_has_to_change_is_said_in_one_line(self):
        from blockwise.spark import BlockwiseModel, UserError
        for pattern, action in (
                ("Cannot set training.epoch: ", lambda: self.classifier(**{"training.epoch": 3})),
                ("Invalid training.epochs: -1", lambda: self.classifier(**{"training.epochs": -1}).fit(self.train)),
                ("without a column mood", lambda: self.classifier().fit(self.train.drop("mood"))),
                ("without a column said", lambda: self.model.transform(self.test.drop("said"))),
                ("Cannot load the model", lambda: BlockwiseModel.load(self.folder))):
            with self.assertRaisesRegex(UserError, pattern) as raised:
                action()
            self.assertNotIn("\n", str(raised.exception))


if __name__ == "__main__":
    unittest.main()
