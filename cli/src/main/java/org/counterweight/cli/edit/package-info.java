/** Commands that put a model right, or look for what is wrong in it. */
@NullMarked
package org.counterweight.cli.edit;

import org.jspecify.annotations.NullMarked;
