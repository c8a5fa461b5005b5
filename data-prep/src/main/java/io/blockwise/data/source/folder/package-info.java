/**
 * Images that are files of their own, JPEG or PNG, in folders: the user's, and TinyImageNet. Every
 * row is a file, and a file that cannot be read is a {@link io.blockwise.data.source.BadFile}.
 */
package io.blockwise.data.source.folder;
