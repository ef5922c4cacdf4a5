/**
 * A language model writes the texts that a classifier of few examples learns from (FewGen), stage by stage, each of which
 * leaves a file that is gone on from or replaced. Start at {@link org.counterweight.jobs.generate.GenerateJob}.
 */
@NullMarked
package org.counterweight.jobs.generate;

import org.jspecify.annotations.NullMarked;
