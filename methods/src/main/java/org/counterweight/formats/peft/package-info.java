/**
 * PEFT's adapter directories, read and written: {@code adapter_config.json} and {@code adapter_model.safetensors}, as PEFT
 * 0.21 has them, the legacy Bone format, and prefixes ({@link org.counterweight.formats.peft.PrefixTuning}).
 *
 * <p>Start at {@link org.counterweight.formats.peft.PeftAdapter}. The mathematics is in {@link org.counterweight.adapt}; here are
 * only names, files and the rules by which modules are chosen ({@link org.counterweight.adapt.TargetRules}).
 */
@NullMarked
package org.counterweight.formats.peft;

import org.jspecify.annotations.NullMarked;
