/** One method of each verb, as docs/adding-a-method.md adds them; they join the catalogue wherever these tests run. */
@NullMarked
package org.counterweight.toy;

import org.jspecify.annotations.NullMarked;
