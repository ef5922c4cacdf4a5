/**
 * How a decoder continues texts: {@link org.counterweight.model.generate.NextToken} says what the next token is drawn
 * from, {@link org.counterweight.model.generate.Continuations} continues many texts at once, token by token, and
 * {@link org.counterweight.model.generate.Generation} holds the settings.
 */
@NullMarked
package org.counterweight.model.generate;

import org.jspecify.annotations.NullMarked;
