/**
 * The entry of a codebook that serves a query, found without measuring all keys: start at
 * {@link org.counterweight.edit.index.KeyIndex}.
 */
@NullMarked
package org.counterweight.edit.index;

import org.jspecify.annotations.NullMarked;
