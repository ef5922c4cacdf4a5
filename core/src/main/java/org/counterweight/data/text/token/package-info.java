/**
 * Long streams of tokens, cut into domains, in memory or in shards on disk that are mapped and not read: start at
 * {@link org.counterweight.data.text.token.TokenStream}.
 */
@NullMarked
package org.counterweight.data.text.token;

import org.jspecify.annotations.NullMarked;
