"""Airflow: trains the published model on with the rows of every day (nightly.sh beside this file).

The exit code decides: 3 (not good enough to be published) marks the task as skipped, 2 (something to fix first) fails
it at once, anything else is tried again and goes on from the last checkpoint, because the run's id is the day.
"""

import subprocess
from datetime import datetime, timedelta

from airflow import DAG
from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from airflow.operators.python import PythonOperator

NIGHTLY = "/opt/blockwise/conf/schedule/nightly.sh"
PROPERTIES = "/opt/blockwise/conf/yarn/spark-yarn.properties"
FIX_FIRST, NOT_PUBLISHED = 2, 3


def train(ds: str) -> None:
    code = subprocess.run([NIGHTLY, ds, "--properties-file", PROPERTIES], check=False).returncode
    if code == NOT_PUBLISHED:
        raise AirflowSkipException("not good enough to be published")
    if code == FIX_FIRST:
        raise AirflowFailException("something to fix first: the last line of the log says what")
    if code != 0:
        raise AirflowException(f"exit code {code}: starting it again goes on from its checkpoint")


with DAG(
    dag_id="blockwise_nightly",
    schedule="15 2 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=10)},
):
    PythonOperator(task_id="train", python_callable=train, op_kwargs={"ds": "{{ ds }}"})
