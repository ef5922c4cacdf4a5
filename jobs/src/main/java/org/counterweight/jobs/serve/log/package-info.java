/**
 * Everything done to a served model, in an append-only file from which a killed server continues.
 * {@link org.counterweight.jobs.serve.log.EditLog} writes and reads it.
 */
@NullMarked
package org.counterweight.jobs.serve.log;

import org.jspecify.annotations.NullMarked;
