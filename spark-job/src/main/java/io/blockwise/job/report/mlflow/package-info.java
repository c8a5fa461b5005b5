/**
 * Runs in MLflow, over its REST interface: {@link io.blockwise.job.report.mlflow.MlflowRun} is told
 * what a run says, {@link io.blockwise.job.report.mlflow.MlflowClient} knows the requests. A server
 * that is away never keeps a run waiting.
 */
package io.blockwise.job.report.mlflow;
