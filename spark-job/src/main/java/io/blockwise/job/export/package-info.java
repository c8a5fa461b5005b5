/**
 * Published models as files for programs without a JVM: {@link io.blockwise.job.export.ModelExport}
 * is the command, {@link io.blockwise.model.onnx.OnnxModel} what it writes.
 */
package io.blockwise.job.export;
