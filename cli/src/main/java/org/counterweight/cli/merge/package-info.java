/** Commands by which models become one, or take another form. */
@NullMarked
package org.counterweight.cli.merge;

import org.jspecify.annotations.NullMarked;
