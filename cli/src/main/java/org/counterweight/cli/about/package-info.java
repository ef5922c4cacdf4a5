/** Commands that show what there is, and check the machine and its files. */
@NullMarked
package org.counterweight.cli.about;

import org.jspecify.annotations.NullMarked;
