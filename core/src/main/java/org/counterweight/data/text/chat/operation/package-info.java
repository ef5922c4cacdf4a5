/**
 * What can be done with a template's values: sums ({@link org.counterweight.data.text.chat.operation.Arithmetic}), calls, and what
 * stands behind a dot or in brackets ({@link org.counterweight.data.text.chat.operation.Members}).
 */
@NullMarked
package org.counterweight.data.text.chat.operation;

import org.jspecify.annotations.NullMarked;
