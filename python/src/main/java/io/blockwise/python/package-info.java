/**
 * Makes the wheel of the Python package, with what every build has.
 *
 * <pre>
 *   python/blockwise/*.py, README.md, LICENSE ──► Wheel ──► target/blockwise-VERSION-py3-none-any.whl
 * </pre>
 */
package io.blockwise.python;
