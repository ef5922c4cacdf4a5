/**
 * Operations on a template's values: arithmetic ({@link org.counterweight.data.text.chat.operation.Arithmetic}),
 * calls, and attributes and items ({@link org.counterweight.data.text.chat.operation.Members}).
 */
@NullMarked
package org.counterweight.data.text.chat.operation;

import org.jspecify.annotations.NullMarked;
