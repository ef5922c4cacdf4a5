/** Commands that train a model, or prepare what one is trained from. */
@NullMarked
package org.counterweight.cli.train;

import org.jspecify.annotations.NullMarked;
