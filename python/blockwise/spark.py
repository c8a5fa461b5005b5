"""Blockwise in PySpark's pipelines: the estimator and the model of Java's ``io.blockwise.spark``, under the same names.

    >>> from blockwise.spark import BlockwiseClassifier
    >>> classifier = BlockwiseClassifier(featuresCol="said", labelCol="mood").with_("backbone", "text-linear")
    >>> model = classifier.with_("output", "hdfs:///blockwise").with_("training.epochs", 20).fit(frame)
    >>> model.transform(frame).select("mood", "predictedLabel", "probability").show()

It needs PySpark 3.5, and the job jar of an engine on Spark's class path; ``import blockwise`` alone needs neither. Spark reads
pipelines that have these stages once this module was imported.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List

try:
    from pyspark import SparkContext, keyword_only
except ModuleNotFoundError as e:
    if e.name != "pyspark":
        raise
    raise ModuleNotFoundError("Cannot import blockwise.spark: there is no PySpark here (run it with pyspark or spark-submit, or"
                              " install pyspark 3.5)", name="pyspark") from None

from py4j.java_gateway import JavaPackage
from py4j.protocol import Py4JJavaError
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.param.shared import (HasFeaturesCol, HasLabelCol, HasPredictionCol, HasProbabilityCol, HasRawPredictionCol,
                                    HasWeightCol)
from pyspark.ml.util import JavaMLReadable, JavaMLReader, JavaMLWritable
from pyspark.ml.wrapper import JavaEstimator, JavaModel
from pyspark.sql import DataFrame

from .errors import UserError

__all__ = ["BlockwiseClassifier", "BlockwiseModel", "UserError"]

# When PySpark reads a pipeline, it looks for the wrapper of a stage where Java has the stage.
sys.modules["io.blockwise.spark"] = sys.modules[__name__]


@contextmanager
def _one_line() -> Iterator[None]:
    """Raises what Java tells the user as a :class:`UserError`; any other exception keeps its stack traces."""
    try:
        yield
    except Py4JJavaError as e:
        if e.java_exception.getClass().getName() != "io.blockwise.base.UserException":
            raise
        raise UserError(e.java_exception.getMessage()) from None


def _java(name: str) -> Any:
    """A class of Java by its full name.

    :raises UserError: if there is no session, or its class path lacks Blockwise
    """
    context = SparkContext._active_spark_context
    if context is None:
        raise UserError.cannot("use blockwise.spark", "there is no session of Spark",
                               "make one first: SparkSession.builder.getOrCreate()")
    found = context._jvm
    for part in name.split("."):
        found = getattr(found, part)
    if isinstance(found, JavaPackage):
        raise UserError.cannot("use blockwise.spark", f"Spark's class path has no {name}",
                               "start Spark with the job jar of an engine: --jars blockwise-job-torch-VERSION.jar")
    return found


def _plain(value: Any) -> Any:
    """A value of a key as Java takes it: text, a number, a boolean, or a list of these; so NumPy's become Python's."""
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, (list, tuple)):
        return [_plain(element) for element in value]
    if isinstance(value, (str, bool, int, float)):
        return value
    raise TypeError(f"{value!r} is no text, number or boolean, and no list of these")


class _Reader(JavaMLReader):
    """Reads what Java wrote, by the name that the class has there."""

    @classmethod
    def _load_java_obj(cls, clazz: Any) -> Any:
        return _java(clazz._java_class)

    def load(self, path: str) -> Any:
        with _one_line():
            return super().load(path)


class _Columns(HasFeaturesCol, HasLabelCol, HasPredictionCol, HasProbabilityCol, HasRawPredictionCol):
    """The columns that are read and written."""

    predictedLabelCol: "Param[str]" = Param(
        Params._dummy(), "predictedLabelCol", "column for the name of the class; empty for none",
        typeConverter=TypeConverters.toString)

    def getPredictedLabelCol(self) -> str:
        """Column for the name of the class."""
        return self.getOrDefault(self.predictedLabelCol)

    def setFeaturesCol(self, value: str) -> Any:
        """Column of what is classified: vectors or arrays of numbers, texts, content of JPEG or PNG files, or Spark's images."""
        return self._set(featuresCol=value)

    def setPredictionCol(self, value: str) -> Any:
        """Column for the class: its number, and of named classes the position among the labels."""
        return self._set(predictionCol=value)

    def setProbabilityCol(self, value: str) -> Any:
        """Column for the probabilities of all classes; empty for none."""
        return self._set(probabilityCol=value)

    def setRawPredictionCol(self, value: str) -> Any:
        """Column for the logarithms of the probabilities; empty for none."""
        return self._set(rawPredictionCol=value)

    def setPredictedLabelCol(self, value: str) -> Any:
        """Column for the name of the class; empty for none."""
        return self._set(predictedLabelCol=value)


class BlockwiseClassifier(JavaEstimator, _Columns, HasWeightCol, JavaMLReadable, JavaMLWritable):
    """Trains a network of blocks on a DataFrame, on the executors of the session, or on a local master in its process.

    Every key of ``conf/README.md`` that does not say where rows come from is a parameter of that name: :meth:`with_` sets it,
    :meth:`setting` gives it for grids, and ``explainParams`` lists them all. Those of columns have Spark ML's names. Values of
    keys are checked when ``fit`` is called, all together.

    The rows are written as a data set below ``output``, once for equal rows. A share of them (``data.validation-fraction``)
    selects the epoch, and another (``data.test-fraction``) measures the model once.
    """

    _java_class = "io.blockwise.spark.BlockwiseClassifier"

    progress: "Param[bool]" = Param(
        Params._dummy(), "progress", "whether to show on standard output how far it is", typeConverter=TypeConverters.toBoolean)

    @keyword_only
    def __init__(self, *, featuresCol: str = "features", labelCol: str = "label", weightCol: str = "",
                 predictionCol: str = "prediction", probabilityCol: str = "probability", rawPredictionCol: str = "rawPrediction",
                 predictedLabelCol: str = "predictedLabel", progress: bool = True, **keys: Any):
        """
        :param keys: keys of the configuration by their own names: ``**{"training.epochs": 20}``
        :raises UserError: if there is no such key, or no session of Spark that has Blockwise on its class path
        """
        super().__init__()
        self._java_obj = _java(self._java_class)(self.uid)
        self._create_params_from_java()
        for param in self.params:
            if not hasattr(type(self), param.name):
                param.typeConverter = _plain
        self._transfer_params_from_java()  # the defaults
        self.setParams(**self._input_kwargs)

    @keyword_only
    def setParams(self, *, featuresCol: str = "features", labelCol: str = "label", weightCol: str = "",
                  predictionCol: str = "prediction", probabilityCol: str = "probability", rawPredictionCol: str = "rawPrediction",
                  predictedLabelCol: str = "predictedLabel", progress: bool = True, **keys: Any) -> "BlockwiseClassifier":
        """Sets those that are given, as the constructor does."""
        given: Dict[str, Any] = self._input_kwargs
        for key in keys:
            self.setting(key)
        return self._set(**given)

    def setting(self, key: str) -> "Param[Any]":
        """The parameter of a key, for grids: ``ParamGridBuilder().addGrid(classifier.setting("training.epochs"), [5, 10])``.

        :raises UserError: if there is no such key, or the DataFrame answers it
        """
        with _one_line():
            self._java_obj.setting(key)
        return self.getParam(key)

    def with_(self, key: str, value: Any) -> "BlockwiseClassifier":
        """Sets a key, as ``--set key=value`` does.

        :param value: text, a number, a boolean, or a list of these
        :raises UserError: if there is no such key
        """
        return self._set(**{self.setting(key).name: value})

    def setLabelCol(self, value: str) -> "BlockwiseClassifier":
        """Column of the classes, numbers or names."""
        return self._set(labelCol=value)

    def setWeightCol(self, value: str) -> "BlockwiseClassifier":
        """Column of what rows count in cross-entropies, numbers above 0; empty: all alike."""
        return self._set(weightCol=value)

    def setProgress(self, value: bool) -> "BlockwiseClassifier":
        """Whether to show on the driver's standard output how far a training is."""
        return self._set(progress=value)

    def getProgress(self) -> bool:
        """Whether it is shown how far a training is."""
        return self.getOrDefault(self.progress)

    @classmethod
    def read(cls) -> JavaMLReader:
        """Reads one that was written."""
        return _Reader(cls)

    def _create_model(self, java_model: Any) -> "BlockwiseModel":
        return BlockwiseModel(java_model)

    def _fit_java(self, dataset: DataFrame) -> Any:
        with _one_line():
            return super()._fit_java(dataset)


class BlockwiseModel(JavaModel, _Columns, JavaMLReadable, JavaMLWritable):
    """A published model that answers DataFrames, streaming ones included.

    It adds columns of the class's number, of the probabilities and their logarithms, and of the class's name. Classes that are
    numbers are answered by their number, and stand in the vectors in numerical order; others by their position in
    :attr:`labels`. Written, it is what ``bin/blockwise predict`` reads, below ``model``; so does :func:`blockwise.load`.
    """

    _java_class = "io.blockwise.spark.BlockwiseModel"

    exit: "Param[str]" = Param(
        Params._dummy(), "exit", "block that answers: full, the number of one, confidence=0.9 and the like; empty: as the model"
        " was calibrated", typeConverter=TypeConverters.toString)
    engine: "Param[str]" = Param(
        Params._dummy(), "engine", "numerical library: auto, torch or dl4j", typeConverter=TypeConverters.toString)
    batchSize: "Param[int]" = Param(
        Params._dummy(), "batchSize", "rows that are computed together", typeConverter=TypeConverters.toInt)

    def __init__(self, java_model: Any = None):
        """
        :param java_model: what Java has trained or read; None where PySpark sets it afterwards
        """
        super().__init__(java_model)
        if java_model is not None:
            self._transfer_params_from_java()

    @classmethod
    def read(cls) -> JavaMLReader:
        """Reads one that was written."""
        return _Reader(cls)

    @classmethod
    def published(cls, path: str) -> "BlockwiseModel":
        """The model that ``bin/blockwise train`` has published.

        :param path: ``models/NAME``, or one of its ``versions``
        :raises UserError: if there is none, or it is damaged
        """
        with _one_line():
            return cls(_java(cls._java_class).published(path))

    @property
    def labels(self) -> List[str]:
        """Names of the classes."""
        return list(self._java_obj.labels())

    @property
    def blocks(self) -> int:
        """How many there are, each of which can answer."""
        return self._java_obj.blocks()

    @property
    def place(self) -> str:
        """Path of the model's version, as ``bin/blockwise predict`` takes it."""
        place = self._java_obj.place()
        return f"{place.directory()}/versions/{place.version()}"

    def setExit(self, value: str) -> "BlockwiseModel":
        """Says which block answers: ``full``, the number of one, ``confidence=0.9`` and the like."""
        self._java_obj.setExit(value)  # refuses what is no rule for so many blocks
        return self._set(exit=value)

    def getExit(self) -> str:
        """Which block answers; empty: as the model was calibrated."""
        return self.getOrDefault(self.exit)

    def setEngine(self, value: str) -> "BlockwiseModel":
        """Numerical library: auto, torch or dl4j."""
        self._java_obj.setEngine(value)  # refuses another
        return self._set(engine=value)

    def getEngine(self) -> str:
        """Numerical library."""
        return self.getOrDefault(self.engine)

    def setBatchSize(self, value: int) -> "BlockwiseModel":
        """Rows that are computed together, at least 1."""
        return self._set(batchSize=value)

    def getBatchSize(self) -> int:
        """Rows that are computed together."""
        return self.getOrDefault(self.batchSize)

    def _transform(self, dataset: DataFrame) -> DataFrame:
        with _one_line():
            return super()._transform(dataset)
