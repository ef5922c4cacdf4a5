/** The layers of transformers: attention and feed-forward parts with their norms, and the embeddings before the first. */
@NullMarked
package org.counterweight.model.part.layer;

import org.jspecify.annotations.NullMarked;
