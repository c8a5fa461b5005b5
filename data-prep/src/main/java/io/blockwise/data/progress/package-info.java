/** What a user sees while data is downloaded and prepared. Listening changes nothing. */
package io.blockwise.data.progress;
