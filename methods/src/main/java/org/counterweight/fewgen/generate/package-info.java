/** How the next token of a labelled text is drawn. */
@NullMarked
package org.counterweight.fewgen.generate;

import org.jspecify.annotations.NullMarked;
