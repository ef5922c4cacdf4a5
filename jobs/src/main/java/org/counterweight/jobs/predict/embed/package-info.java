/** What a text's vector is made of: {@link org.counterweight.jobs.predict.embed.SentenceForm}. */
@NullMarked
package org.counterweight.jobs.predict.embed;

import org.jspecify.annotations.NullMarked;
