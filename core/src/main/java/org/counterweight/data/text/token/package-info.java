/**
 * Long streams of tokens, divided into domains, in memory or in memory-mapped shards on disk. Start at
 * {@link org.counterweight.data.text.token.TokenStream}.
 */
@NullMarked
package org.counterweight.data.text.token;

import org.jspecify.annotations.NullMarked;
