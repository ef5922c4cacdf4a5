/**
 * Conversations as a chat model reads them: {@link org.counterweight.data.text.chat.ChatTemplate} renders messages
 * with the model's own template, as transformers' {@code apply_chat_template} does.
 */
@NullMarked
package org.counterweight.data.text.chat;

import org.jspecify.annotations.NullMarked;
