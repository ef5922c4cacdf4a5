/**
 * Images of a run: in directories of their classes, in idx files, or named by a table with something else that is told of each.
 */
@NullMarked
package org.counterweight.jobs.data.image;

import org.jspecify.annotations.NullMarked;
