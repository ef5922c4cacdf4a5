/**
 * Studies of graphs whose classes are linked differently in use: StruRW on synthetic graphs, and on parts of real
 * ones.
 */
@NullMarked
package org.counterweight.studies.graph;

import org.jspecify.annotations.NullMarked;
