/**
 * The command line: {@code cw}.
 *
 * <p>Start at {@link org.counterweight.cli.Cw}, which lists the commands; each is one file. A command turns words into
 * checked records, calls the layers below and prints; it has no mathematics. What goes wrong anywhere is put into words by
 * {@link org.counterweight.cli.Failures}, and nowhere else.
 */
@NullMarked
package org.counterweight.cli;

import org.jspecify.annotations.NullMarked;
