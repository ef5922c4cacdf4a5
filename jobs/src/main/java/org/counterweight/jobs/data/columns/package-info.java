/** What columns say of rows beside what is learnt: their weights, groups and ids, and by what they are held out. */
@NullMarked
package org.counterweight.jobs.data.columns;

import org.jspecify.annotations.NullMarked;
