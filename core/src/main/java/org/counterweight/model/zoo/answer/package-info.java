/** Models that read a text and answer with another: T5, and its kin of many languages. */
@NullMarked
package org.counterweight.model.zoo.answer;

import org.jspecify.annotations.NullMarked;
