/**
 * A whole federation, seen from the server: {@link org.counterweight.federate.run.Federation} goes from round to
 * round, calls the clients {@linkplain org.counterweight.federate.call wherever they are}, and continues without those
 * that fail or are late.
 */
@NullMarked
package org.counterweight.federate.run;

import org.jspecify.annotations.NullMarked;
