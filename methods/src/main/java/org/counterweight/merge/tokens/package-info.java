/**
 * Vocabularies of merged models: which tokens the result has, and from which rows their embeddings come. Start at
 * {@link org.counterweight.merge.tokens.Vocabularies}.
 */
@NullMarked
package org.counterweight.merge.tokens;

import org.jspecify.annotations.NullMarked;
