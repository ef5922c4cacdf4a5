/**
 * Directories of adapters: what is in them, the base that they name, two of them together, and weights with one computed
 * into them.
 */
@NullMarked
package org.counterweight.jobs.model.adapter;

import org.jspecify.annotations.NullMarked;
