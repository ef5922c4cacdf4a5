/** Commands that tell what there is, and whether it is well. */
@NullMarked
package org.counterweight.cli.about;

import org.jspecify.annotations.NullMarked;
