/**
 * Jinja's filters, tests and functions by name, as far as chat templates use them. Start at
 * {@link org.counterweight.data.text.chat.filter.Filters}.
 */
@NullMarked
package org.counterweight.data.text.chat.filter;

import org.jspecify.annotations.NullMarked;
