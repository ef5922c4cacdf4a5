/**
 * Conversations as a chat model reads them: {@link org.counterweight.data.text.chat.ChatTemplate} puts messages into the form
 * that the model's own template says, as transformers' {@code apply_chat_template} does.
 */
@NullMarked
package org.counterweight.data.text.chat;

import org.jspecify.annotations.NullMarked;
