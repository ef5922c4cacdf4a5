/** FewGen in small: a made language whose labels are known, so that what a generator writes can be judged word by word. */
@NullMarked
package org.counterweight.studies.fewgen;

import org.jspecify.annotations.NullMarked;
