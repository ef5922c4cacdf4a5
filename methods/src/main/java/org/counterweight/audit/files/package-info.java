/**
 * The files of a model's directory are looked at, and none is ever run: {@link org.counterweight.audit.files.FileAudit} says of
 * each whether it is data, would run code when it is loaded, or was not examined.
 */
@NullMarked
package org.counterweight.audit.files;

import org.jspecify.annotations.NullMarked;
