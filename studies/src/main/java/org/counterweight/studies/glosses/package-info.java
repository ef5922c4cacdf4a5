/**
 * A real encoder on WordNet's glosses: adapters compared, rates swept, embeddings of merged encoders. Start at
 * {@link org.counterweight.studies.glosses.GlossStudy}.
 */
@NullMarked
package org.counterweight.studies.glosses;

import org.jspecify.annotations.NullMarked;
