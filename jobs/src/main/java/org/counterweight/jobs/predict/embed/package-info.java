/** How a text is embedded as a vector: {@link org.counterweight.jobs.predict.embed.SentenceForm}. */
@NullMarked
package org.counterweight.jobs.predict.embed;

import org.jspecify.annotations.NullMarked;
