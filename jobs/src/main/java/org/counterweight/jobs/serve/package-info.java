/**
 * A model that is served: {@link org.counterweight.jobs.serve.Server} answers texts over HTTP, takes edits, and exchanges
 * adapters, codebooks and models that answer together without a restart. {@code answer} asks and edits the model, {@code log}
 * keeps the edits, {@code http} is the door.
 */
@NullMarked
package org.counterweight.jobs.serve;

import org.jspecify.annotations.NullMarked;
