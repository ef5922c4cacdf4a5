/**
 * A model's modules as a table: {@link org.counterweight.model.module.Modules}, one
 * {@link org.counterweight.model.module.ModuleSpec} each, and the places where it attends.
 */
@NullMarked
package org.counterweight.model.module;

import org.jspecify.annotations.NullMarked;
