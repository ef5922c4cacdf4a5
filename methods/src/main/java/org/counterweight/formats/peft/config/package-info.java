/**
 * The vocabulary of PEFT's {@code adapter_config.json}: {@link org.counterweight.formats.peft.config.PeftConfig}, and
 * what PEFT assumes where a file says nothing.
 */
@NullMarked
package org.counterweight.formats.peft.config;

import org.jspecify.annotations.NullMarked;
