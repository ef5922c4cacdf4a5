/** Commands that ask a model, serve it, or judge it. */
@NullMarked
package org.counterweight.cli.ask;

import org.jspecify.annotations.NullMarked;
