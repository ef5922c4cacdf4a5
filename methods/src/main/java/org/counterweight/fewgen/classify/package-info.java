/** How a classifier learns from texts that a model wrote: what it believed of them before holds it, and picks them. */
@NullMarked
package org.counterweight.fewgen.classify;

import org.jspecify.annotations.NullMarked;
