/** Numbers that depend on a seed only: the same on every machine and with every Java. */
package io.blockwise.data.random;
