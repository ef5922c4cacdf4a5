/**
 * Jinja's language as chat templates use it: cut into pieces ({@link org.counterweight.data.text.chat.token.Pieces}),
 * read into a tree of statements and expressions, and filled in. Start at
 * {@link org.counterweight.data.text.chat.template.Template}.
 *
 * <p>A renderer of our own, since the one on Maven Central (jinjava 2.8.1) filled in 54 of 99 templates and conversations as
 * transformers does, and lets a template call any public method of Java's that it has not thought of forbidding. Left out
 * is what transformers forbids or no chat needs: other files, blocks to be inherited, {@code call}, {@code do}.
 */
@NullMarked
package org.counterweight.data.text.chat.template;

import org.jspecify.annotations.NullMarked;
