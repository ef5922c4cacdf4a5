/**
 * How a decoder goes on with texts: {@link org.counterweight.model.generate.NextToken} says what the next token is drawn from,
 * {@link org.counterweight.model.generate.Continuations} goes on with many texts at once, token after token, and
 * {@link org.counterweight.model.generate.Generation} is how it is asked for.
 */
@NullMarked
package org.counterweight.model.generate;

import org.jspecify.annotations.NullMarked;
