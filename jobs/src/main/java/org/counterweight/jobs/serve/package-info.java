/**
 * A model in service: {@link org.counterweight.jobs.serve.Server} answers texts over HTTP, takes edits, and exchanges
 * adapters, codebooks and second models without a restart. {@code answer} queries and edits the model, {@code log}
 * keeps the edits, {@code http} is the transport.
 */
@NullMarked
package org.counterweight.jobs.serve;

import org.jspecify.annotations.NullMarked;
