/**
 * Jinja's filters, tests and functions by name, as chat templates use them: start at
 * {@link org.counterweight.data.text.chat.filter.Filters}.
 */
@NullMarked
package org.counterweight.data.text.chat.filter;

import org.jspecify.annotations.NullMarked;
