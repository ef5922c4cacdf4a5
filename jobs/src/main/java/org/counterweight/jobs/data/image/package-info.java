/**
 * Images of a run: in one directory for each class, in idx files, or named by a table that has other targets for them.
 */
@NullMarked
package org.counterweight.jobs.data.image;

import org.jspecify.annotations.NullMarked;
