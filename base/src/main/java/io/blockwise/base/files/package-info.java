/** Files on whatever Hadoop reaches ({@code file:}, {@code hdfs:}, {@code s3a:}) and checksums. */
package io.blockwise.base.files;
