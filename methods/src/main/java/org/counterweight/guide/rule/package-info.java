/** How predictions with and without a condition become one: each {@link org.counterweight.guide.rule.Guider} a paper's rule. */
@NullMarked
package org.counterweight.guide.rule;

import org.jspecify.annotations.NullMarked;
