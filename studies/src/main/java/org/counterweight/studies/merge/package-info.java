/** Model Stock, DaWin and merges of real encoders in small. */
@NullMarked
package org.counterweight.studies.merge;

import org.jspecify.annotations.NullMarked;
