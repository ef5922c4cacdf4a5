/**
 * Checks of the files in a model's directory, none of which is ever run:
 * {@link org.counterweight.audit.files.FileAudit} says of each whether it is pure data, would run code when loaded, or
 * was not examined.
 */
@NullMarked
package org.counterweight.audit.files;

import org.jspecify.annotations.NullMarked;
