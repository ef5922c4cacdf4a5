/**
 * Classifiers without a head of their own: a masked language model reads a text within a template, and the words that it would
 * put at the mask tell the label. Start at {@link org.counterweight.fewgen.prompt.PromptConfig}.
 */
@NullMarked
package org.counterweight.fewgen.prompt;

import org.jspecify.annotations.NullMarked;
