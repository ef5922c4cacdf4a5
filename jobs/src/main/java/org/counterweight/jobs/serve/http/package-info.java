/**
 * HTTP for a served model, on the JDK's own server. {@link org.counterweight.jobs.serve.http.Door} listens, each
 * {@link org.counterweight.jobs.serve.http.Route} is one request and its reply, and whatever cannot be done is a
 * {@link org.counterweight.jobs.serve.http.Refusal} with its status.
 */
@NullMarked
package org.counterweight.jobs.serve.http;

import org.jspecify.annotations.NullMarked;
