/**
 * How a decoder continues texts, and how the text is shown while it is written:
 * {@link org.counterweight.jobs.predict.speech.Speech}.
 */
@NullMarked
package org.counterweight.jobs.predict.speech;

import org.jspecify.annotations.NullMarked;
