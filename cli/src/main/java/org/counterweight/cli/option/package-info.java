/** Options that several commands have, and what is refused without them. */
@NullMarked
package org.counterweight.cli.option;

import org.jspecify.annotations.NullMarked;
