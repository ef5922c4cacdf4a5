/**
 * Texts written under a label's prefix: {@link org.counterweight.fewgen.generate.LabelWriter} writes candidates,
 * {@link org.counterweight.fewgen.generate.Acceptance} says which are kept, and why the others are not.
 */
@NullMarked
package org.counterweight.fewgen.generate;

import org.jspecify.annotations.NullMarked;
