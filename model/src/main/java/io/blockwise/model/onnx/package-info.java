/**
 * Published models in ONNX's format, for programs without a JVM: {@link
 * io.blockwise.model.onnx.OnnxModel} makes a file of the blocks up to an exit. Inputs are raw
 * values, which the graph prepares as the rows of training were; outputs are class scores and
 * probabilities.
 *
 * <p>Every layer is one or several operators of opset 17, of ONNX's own domain alone ({@link
 * io.blockwise.model.onnx.Operators} has the table). The format is written field by field with
 * protobuf's {@code CodedOutputStream}, by methods that every version from 2.5 on has, as Spark
 * brings another one in every distribution.
 */
package io.blockwise.model.onnx;
