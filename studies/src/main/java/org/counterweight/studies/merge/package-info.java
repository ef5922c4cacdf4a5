/** Studies of Model Stock, DaWin and merges of real encoders. */
@NullMarked
package org.counterweight.studies.merge;

import org.jspecify.annotations.NullMarked;
