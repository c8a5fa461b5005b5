"""What blockwise.spark calls on Java, and how PySpark calls it, through Spark's gateway: gateway.py FOLDER, prints JSON of what
came back. Py4J is the one of PySpark, and converts values as PySpark lets it do."""
import json
import os
import random
import sys

import numpy as np
from py4j.clientserver import ClientServer, JavaParameters, PythonParameters
from py4j.java_gateway import java_import
from py4j.protocol import Py4JJavaError

import blockwise

FOLDER = sys.argv[1]
PARAMETERS = JavaParameters(port=int(os.environ["PYSPARK_GATEWAY_PORT"]), auth_token=os.environ["PYSPARK_GATEWAY_SECRET"],
                            auto_convert=True)
gateway = ClientServer(java_parameters=PARAMETERS, python_parameters=PythonParameters(port=0, eager_load=False))
jvm = gateway.jvm
java_import(jvm, "org.apache.spark.api.python.*")
spark = jvm.org.apache.spark.sql.SparkSession.builder().getOrCreate()
ours = jvm.io.blockwise.spark


def texts(rows, seed):
    """Sentences of six words, one of which tells the mood."""
    chance = random.Random(seed)
    moods = {"good": ["fine", "lovely", "warm", "bright"], "bad": ["dull", "cold", "grim", "sour"]}
    lines = []
    for i in range(rows):
        mood = "good" if i % 2 == 0 else "bad"
        words = [chance.choice(["the", "film", "was", "a", "day", "so"]) for _ in range(6)]
        words[chance.randrange(6)] = chance.choice(moods[mood])
        lines.append({"id": i, "said": " ".join(words), "mood": mood})
    return lines


def frame(lines, name):
    path = f"{FOLDER}/{name}.json"
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    return spark.read().schema("id int, said string, mood string").json(path)


def rows(answered):
    return [json.loads(row) for row in answered.orderBy("id", gateway.new_array(jvm.String, 0)).toJSON().collectAsList()]


def transfer(java, values, defaults):
    """As JavaParams._transfer_params_to_java does."""
    for name, value in values.items():
        java.set(java.getParam(name).w(value))
    java.setDefault(jvm.PythonUtils.toSeq([java.getParam(name).w(value) for name, value in defaults.items()]))


def error(action):
    try:
        action()
    except Py4JJavaError as e:
        return [e.java_exception.getClass().getName(), e.java_exception.getMessage()]
    return None


def defaults(java):
    known = {}
    for param in java.params():
        if java.hasDefault(param):
            known[param.name()] = java.getDefault(param).get()
    return known


def probabilities(answered):
    return np.array([row["probability"]["values"] for row in rows(answered)])


found = {}
classifier = ours.BlockwiseClassifier("BlockwiseClassifier_1a2b")
found["settings"] = {param.name(): param.doc() for param in classifier.params()}
found["defaults"] = defaults(classifier)
found["no key"] = error(lambda: classifier.setting("training.epoch"))
found["setting"] = classifier.setting("training.epochs").name()
transfer(classifier, {
    "featuresCol": "said", "labelCol": "mood", "progress": False, "output": FOLDER, "backbone": "text-linear", "method": "pred",
    "text-linear.embedding.width": 16, "text-linear.hidden": [16], "training.batch-size": 16, "training.epochs": 6,
    "training.learning-rate": 0.02}, defaults(classifier))
train, test = frame(texts(300, 1), "train"), frame(texts(100, 2), "test")

path = FOLDER + "/estimator"
classifier.write().overwrite().save(path)
read = ours.BlockwiseClassifier.read().load(path)
found["read"] = {name: read.getOrDefault(read.getParam(name)) for name in ("training.epochs", "training.learning-rate", "labelCol")}
found["read"]["text-linear.hidden"] = list(read.getOrDefault(read.getParam("text-linear.hidden")))
found["still set"] = read.isSet(read.getParam("progress"))
read.clear(read.getParam("progress"))
found["cleared"] = read.isSet(read.getParam("progress"))
other = classifier.copy(jvm.org.apache.spark.ml.param.ParamMap())
transfer(other, {"training.epochs": -1}, {})
found["value"] = error(lambda: other.fit(train))
found["column"] = error(lambda: classifier.fit(train.drop("mood")))
grid = jvm.org.apache.spark.ml.param.ParamMap()
grid.put([classifier.getParam("training.epochs").w(2)])
found["grid"] = [[pair.param().name(), pair.value()] for pair in grid.toList()]

model = classifier.fit(train)
found["model"] = {"class": model.getClass().getName(), "uid": model.uid(), "labels": list(model.labels()),
                  "blocks": model.blocks(), "params": [param.name() for param in model.params()], "defaults": defaults(model),
                  "has": model.hasParam("training.epochs")}
answered = rows(model.transform(test))
found["columns"] = list(answered[0])
found["right"] = sum(row["predictedLabel"] == row["mood"] for row in answered) / len(answered)
expected = np.array([row["probability"]["values"] for row in answered])
first = model.copy(jvm.org.apache.spark.ml.param.ParamMap())
transfer(first, {"exit": "1", "batchSize": 7, "engine": "torch", "predictedLabelCol": ""}, {})
found["shortcut"] = list(rows(first.transform(test))[0])
found["no exit"] = error(lambda: model.setExit("9"))
found["no engine"] = error(lambda: model.setEngine("abacus"))

path = FOLDER + "/saved"
model.write().overwrite().save(path)
found["read again"] = float(np.abs(probabilities(ours.BlockwiseModel.read().load(path).transform(test)) - expected).max())
place = model.place()
published = ours.BlockwiseModel.published(f"{place.directory()}/versions/{place.version()}").setFeaturesCol("said")
found["published"] = float(np.abs(probabilities(published.transform(test)) - expected).max())
found["nothing"] = error(lambda: ours.BlockwiseModel.read().load(FOLDER))

stages = gateway.new_array(jvm.org.apache.spark.ml.Transformer, 1)
stages[0] = model
pipelines = jvm.org.apache.spark.ml.PipelineModel
pipelines("pipeline", stages).write().overwrite().save(FOLDER + "/pipeline")
found["stages"] = [stage.getClass().getName() for stage in pipelines.read().load(FOLDER + "/pipeline").stages()]

numpy = blockwise.load(path + "/model", "numpy")
chances = numpy.predict_probabilities(numpy.prepare([line["said"] for line in texts(100, 2)]))
found["numpy"] = float(np.abs(chances - expected).max())

gateway.shutdown_callback_server()
gateway.close()
json.dump(found, sys.stdout)
