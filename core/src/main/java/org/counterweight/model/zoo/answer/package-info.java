/** Models that read a text and answer with another: T5. */
@NullMarked
package org.counterweight.model.zoo.answer;

import org.jspecify.annotations.NullMarked;
