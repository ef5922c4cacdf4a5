/**
 * A whole federation, seen from the server: {@link org.counterweight.federate.run.Federation} goes from round to round, asks the
 * clients {@linkplain org.counterweight.federate.call wherever they are}, and goes on without those that fail or are late.
 */
@NullMarked
package org.counterweight.federate.run;

import org.jspecify.annotations.NullMarked;
