/** Tests of the log of edits. */
@NullMarked
package org.counterweight.jobs.serve.log;

import org.jspecify.annotations.NullMarked;
