/**
 * The door of a served model: HTTP on the JDK's own server. {@link org.counterweight.jobs.serve.http.Door} listens, a {@link
 * org.counterweight.jobs.serve.http.Route} each says what is asked and answered, and what cannot be done is a {@link
 * org.counterweight.jobs.serve.http.Refusal} with the status that belongs to it.
 */
@NullMarked
package org.counterweight.jobs.serve.http;

import org.jspecify.annotations.NullMarked;
