/** How a decoder goes on with texts, and what is told of it while it comes: {@link org.counterweight.jobs.predict.speech.Speech}. */
@NullMarked
package org.counterweight.jobs.predict.speech;

import org.jspecify.annotations.NullMarked;
