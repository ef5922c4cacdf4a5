/**
 * The rows of a run, from a name or a file of the user's to data sets. Start at
 * {@link org.counterweight.jobs.data.Prepared}, which all of them become.
 */
@NullMarked
package org.counterweight.jobs.data;

import org.jspecify.annotations.NullMarked;
