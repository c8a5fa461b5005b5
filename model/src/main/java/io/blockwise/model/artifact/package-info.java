/**
 * Trained models as files: {@link io.blockwise.model.artifact.ModelStore} writes, publishes and
 * reads the versions of one model.
 *
 * <pre>
 *   models/NAME/LATEST                        the id of the published version; replaced last
 *   models/NAME/versions/ID/manifest.json     size and SHA-256 of the files below; written last
 *                           model.json        network, classes, fields of a row, how tensors become answers
 *                           block-01.safetensors ...    parameters and running statistics
 *                           metrics.json      what the version reached, for other programs
 *                           provenance.json   where it comes from
 * </pre>
 *
 * <p>A version without manifest does not exist for a reader, so an interrupted write is invisible.
 * No directory is ever renamed, because object stores cannot do that in one step. Files are Hadoop
 * paths and know no engine: the tensors are in PyTorch's layouts, in a format that Python reads.
 */
package io.blockwise.model.artifact;
