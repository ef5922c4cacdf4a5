/**
 * A language model writes the texts from which a few-shot classifier learns (FewGen), in stages, each of which leaves
 * a file to continue from or to replace. Start at {@link org.counterweight.jobs.generate.GenerateJob}.
 */
@NullMarked
package org.counterweight.jobs.generate;

import org.jspecify.annotations.NullMarked;
