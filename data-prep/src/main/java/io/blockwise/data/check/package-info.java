/** The one exception for what the user must fix, and the checks that throw it. */
package io.blockwise.data.check;
