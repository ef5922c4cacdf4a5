/**
 * What was done to a served model, line by line in a file that only grows: whoever is killed goes on from it. {@link
 * org.counterweight.jobs.serve.log.EditLog} writes and reads it.
 */
@NullMarked
package org.counterweight.jobs.serve.log;

import org.jspecify.annotations.NullMarked;
