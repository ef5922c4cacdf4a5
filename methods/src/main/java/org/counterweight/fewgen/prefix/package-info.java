/** Prefixes of labels: from a prompt's keys and values, before a text, and as PEFT's table. */
@NullMarked
package org.counterweight.fewgen.prefix;

import org.jspecify.annotations.NullMarked;
