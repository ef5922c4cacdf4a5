/** A {@code config.json} as Hugging Face writes it: its values with transformers' defaults, and the classes it names. */
@NullMarked
package org.counterweight.model.config;

import org.jspecify.annotations.NullMarked;
