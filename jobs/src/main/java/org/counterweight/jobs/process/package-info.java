/**
 * JVMs beside this one that share its work: {@link org.counterweight.jobs.process.Companions} starts and ends them,
 * {@link org.counterweight.jobs.process.Companion} is what each knows about itself.
 */
@NullMarked
package org.counterweight.jobs.process;

import org.jspecify.annotations.NullMarked;
