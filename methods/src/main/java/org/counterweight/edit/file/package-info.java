/**
 * Codebooks on disk: one safetensors file with keys, values, radii, labels, and all that is needed to go on and to undo. {@link
 * org.counterweight.edit.file.CodebookFile} is the way in.
 */
@NullMarked
package org.counterweight.edit.file;

import org.jspecify.annotations.NullMarked;
