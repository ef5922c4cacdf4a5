/**
 * Directories that hold adapters, each behind one {@link org.counterweight.formats.Format}: PEFT's, AdapterHub's,
 * SORSA's package, and one of our own that holds every adapter.
 */
@NullMarked
package org.counterweight.formats;

import org.jspecify.annotations.NullMarked;
