/** Entities of texts, from the tags of their tokens: {@link org.counterweight.jobs.predict.entity.TaggedText}. */
@NullMarked
package org.counterweight.jobs.predict.entity;

import org.jspecify.annotations.NullMarked;
