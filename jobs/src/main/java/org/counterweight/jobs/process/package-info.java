/**
 * Java machines beside this one, which do their part of its work: {@link org.counterweight.jobs.process.Companions} starts them
 * and ends them, {@link org.counterweight.jobs.process.Companion} is what each knows of itself.
 */
@NullMarked
package org.counterweight.jobs.process;

import org.jspecify.annotations.NullMarked;
