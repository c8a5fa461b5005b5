/** Tests of what is packaged: the archive to install, and the job jars. */
package io.blockwise.distribution;
