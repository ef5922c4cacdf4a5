/** Users' files of rows: read whole, or checked first and then read in parts, from standard input too. */
@NullMarked
package org.counterweight.jobs.data.file;

import org.jspecify.annotations.NullMarked;
