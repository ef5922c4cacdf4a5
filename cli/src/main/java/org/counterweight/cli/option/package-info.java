/** Options shared by several commands, and the checks that belong to them. */
@NullMarked
package org.counterweight.cli.option;

import org.jspecify.annotations.NullMarked;
