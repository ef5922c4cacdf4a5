/**
 * The lexer of chat templates: into text, values and statements
 * ({@link org.counterweight.data.text.chat.token.Pieces}), and the code of these into tokens
 * ({@link org.counterweight.data.text.chat.token.Tokens}).
 */
@NullMarked
package org.counterweight.data.text.chat.token;

import org.jspecify.annotations.NullMarked;
