/** Commands that correct a model, or look for what is wrong with it. */
@NullMarked
package org.counterweight.cli.edit;

import org.jspecify.annotations.NullMarked;
