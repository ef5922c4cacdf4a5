/** Files with rows as users have them: read whole, or looked through and read some at a time, also through standard input. */
@NullMarked
package org.counterweight.jobs.data.file;

import org.jspecify.annotations.NullMarked;
