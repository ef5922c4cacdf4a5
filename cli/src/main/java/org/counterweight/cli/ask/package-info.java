/** Commands that query a model, serve it, or evaluate it. */
@NullMarked
package org.counterweight.cli.ask;

import org.jspecify.annotations.NullMarked;
