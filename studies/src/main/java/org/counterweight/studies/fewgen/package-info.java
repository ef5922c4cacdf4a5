/**
 * A study of FewGen on a synthetic language whose labels are known, so that generated texts can be judged word by
 * word.
 */
@NullMarked
package org.counterweight.studies.fewgen;

import org.jspecify.annotations.NullMarked;
